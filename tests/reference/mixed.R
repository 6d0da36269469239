# Random-intercept models by REML with Satterthwaite (lmerTest) and Kenward–Roger (pbkrtest) degrees of freedom.
source("common.R")
need("jsonlite", "lme4", "lmerTest", "pbkrtest", "nlme", "MASS", "survival")
suppressMessages({library(lme4); library(lmerTest)})
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-12, maxfun = 1e5),
                     check.conv.singular = "ignore", calc.derivs = TRUE)

fit_case <- function(formula, data, groups, persons = NULL) {
  data <- as.data.frame(data)
  data$g <- factor(data[[groups]])
  if (!is.null(persons)) data$p <- interaction(data$g, factor(data[[persons]]), drop = TRUE)
  random <- if (is.null(persons)) "(1 | g)" else "(1 | g) + (1 | p)"
  full <- as.formula(paste(deparse1(formula), "+", random))
  model <- suppressMessages(suppressWarnings(lmerTest::lmer(full, data, REML = TRUE, control = tight)))
  X <- getME(model, "X"); beta <- fixef(model); k <- length(beta)
  satterthwaite <- summary(model, ddf = "Satterthwaite")$coefficients
  adjusted <- pbkrtest::vcovAdj(model)
  roger <- sapply(seq_len(k), function(i) pbkrtest::get_Lb_ddf(model, as.numeric(seq_len(k) == i)))
  components <- as.data.frame(VarCorr(model))
  of <- function(name) { v <- components$vcov[components$grp == name]; if (length(v)) v else NULL }
  list(y = many(getME(model, "y")), X = unname(apply(X, 1, function(row) I(as.numeric(row)), simplify = FALSE)),
       groups = many(as.integer(data$g)), persons = if (is.null(persons)) NULL else many(as.integer(data$p)),
       columns = I(colnames(X)), params = many(beta), std_errors = many(sqrt(diag(as.matrix(vcov(model))))),
       std_errors_kenward_roger = many(sqrt(diag(as.matrix(adjusted)))),
       df_satterthwaite = many(satterthwaite[, "df"]), df_kenward_roger = many(roger),
       p_satterthwaite = many(satterthwaite[, "Pr(>|t|)"]),
       p_kenward_roger = many(2 * pt(-abs(beta) / sqrt(diag(as.matrix(adjusted))), roger)),
       variance_groups = one(of("g")), variance_persons = if (is.null(persons)) NULL else one(of("p")),
       variance_residual = one(of("Residual")), log_likelihood = one(logLik(model)),
       singular = any(getME(model, "theta") < 1e-5))
}

data(grouseticks, sleepstudy, Dyestuff, Dyestuff2, Penicillin, Pastes, cake, package = "lme4")
data(Orthodont, Oats, Machines, ergoStool, Rail, package = "nlme")
data(nlschools, anorexia, oats, package = "MASS")
cake$tray <- paste(cake$recipe, cake$replicate)
npk$half <- factor(npk$block)
chicks <- as.data.frame(ChickWeight); chicks <- chicks[chicks$Time %in% c(0, 10, 20), ]
schools <- nlschools[as.integer(nlschools$class) %% 4 == 1, ]
oats$plot <- paste(oats$B, oats$V)
Machines <- as.data.frame(Machines); Machines$trial <- paste(Machines$Worker, Machines$Machine)
warpbreaks$loom <- paste(warpbreaks$wool, warpbreaks$tension, (seq_len(nrow(warpbreaks)) - 1) %/% 3)
# Two levels where a search that never takes a variance from zero again stops short of the optimum.
epil <- transform(MASS::epil, sixth = as.integer(subject) %% 6)
liver <- survival::pbcseq
liver <- liver[complete.cases(liver[, c("bili", "albumin", "protime", "day", "ascites")]), ][1:700, ]
liver <- transform(liver, seventh = id %% 7)
write_reference(list(R = R.version.string, cases = list(
  sleepstudy = fit_case(Reaction ~ Days, sleepstudy, "Subject"),
  dyestuff = fit_case(Yield ~ 1, Dyestuff, "Batch"),
  dyestuff2_boundary = fit_case(Yield ~ 1, Dyestuff2, "Batch"),
  orthodont = fit_case(distance ~ age + Sex, Orthodont, "Subject"),
  nlschools_unbalanced = fit_case(lang ~ IQ + SES, schools, "class"),
  cake = fit_case(angle ~ recipe + temperature, transform(cake, temperature = as.numeric(temp)), "tray"),
  npk_blocks = fit_case(yield ~ N + P + K, npk, "block"),
  chicks = fit_case(weight ~ Time + Diet, chicks, "Chick"),
  ergonomics = fit_case(effort ~ Type, ergoStool, "Subject"),
  rails = fit_case(travel ~ 1, Rail, "Rail"),
  anorexia_by_treatment_boundary = fit_case(I(Postwt - Prewt) ~ Prewt, transform(anorexia, seven = seq_len(72) %% 7), "seven"),
  warpbreaks = fit_case(log(breaks) ~ wool, warpbreaks, "loom"),
  pastes_nested = fit_case(strength ~ 1, Pastes, "batch", "sample"),
  machines_nested = fit_case(score ~ Machine, Machines, "Worker", "trial"),
  oats_nested = fit_case(Y ~ N, oats, "B", "plot"),
  chicks_in_diets_boundary = fit_case(weight ~ Time, chicks, "Diet", "Chick"),
  orthodont_in_sexes = fit_case(distance ~ age, Orthodont, "Sex", "Subject"),
  sleepstudy_in_thirds = fit_case(Reaction ~ Days, transform(sleepstudy, third = as.integer(Subject) %% 3), "third", "Subject"),
  grouse_nested = fit_case(TICKS ~ YEAR, grouseticks, "LOCATION", "BROOD"),
  epilepsy_in_sixths = fit_case(y ~ period, epil, "sixth", "subject"),
  liver_in_sevenths = fit_case(log(bili) ~ day + albumin, liver, "seventh", "id")
)))
