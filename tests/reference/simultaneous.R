# Families of intervals: contrasts of multcomp with mvtnorm's integral, and the joint CR2 covariance of several outcomes.
source("common.R")
need("jsonlite", "multcomp", "mvtnorm", "clubSandwich", "lavaan", "nlme", "psych", "MASS")
suppressMessages({library(multcomp); library(clubSandwich)})

inside <- function(limit, R, df) {  # of multcomp's own integral, with the same points at each call: smooth in the limit
  set.seed(1)
  mvtnorm::pmvt(rep(-limit, ncol(R)), rep(limit, ncol(R)), df = df, corr = R,
                algorithm = mvtnorm::GenzBretz(maxpts = 50000, abseps = 1e-6))[1]
}
family <- function(fit, contrasts = diag(length(coef(fit)))) {
  found <- glht(fit, linfct = contrasts); R <- cov2cor(vcov(found)); df <- df.residual(fit)
  error <- sqrt(diag(vcov(found)))
  critical <- uniroot(function(limit) inside(limit, R, df) - 0.95, c(1.9, 4), tol = 1e-7)$root
  list(estimates = many(coef(found)), covariance = lapply(seq_along(coef(found)), function(i) many(vcov(found)[i, ])),
       df = one(df), critical = one(critical), low = many(coef(found) - critical * error),
       high = many(coef(found) + critical * error),
       p_adjusted = many(sapply(abs(coef(found)) / error, function(t) 1 - inside(t, R, df))))
}
all_pairs <- function(fit, factor) contrMat(table(fit$model[[factor]]), "Tukey")
means <- function(formula, data) lm(update(formula, . ~ 0 + .), data)
changes <- function(columns, rooms) {
  Y <- as.matrix(columns); k <- ncol(Y); n <- nrow(Y)
  long <- data.frame(y = as.numeric(Y), outcome = factor(rep(1:k, each = n)), room = rep(rooms, k))
  fit <- lm(y ~ 0 + outcome, long)
  V <- as.matrix(vcovCR(fit, long$room, "CR2"))
  list(changes = lapply(1:n, function(i) many(Y[i, ])), rooms = many(rooms), estimates = many(coef(fit)),
       covariance = lapply(1:k, function(i) many(V[i, ])))
}
hs <- lavaan::HolzingerSwineford1939; hs <- hs[!is.na(hs$grade), ]
ortho <- reshape(as.data.frame(nlme::Orthodont), direction = "wide", idvar = c("Subject", "Sex"), timevar = "age")
bfi <- na.omit(as.data.frame(psych::bfi)[1:400, c(paste0("A", 1:5), "education")])
irises <- iris; irises$row <- rep(1:10, 15)
write_reference(list(R = R.version.string, cases = list(
  families = list(
    warpbreaks = { f <- means(breaks ~ tension, warpbreaks); family(f, all_pairs(f, "tension")) },
    chickwts = { f <- means(weight ~ feed, chickwts); family(f, all_pairs(f, "feed")) },
    insects = { f <- means(count ~ spray, InsectSprays); family(f, contrMat(table(InsectSprays$spray), "Dunnett")) },
    plants = family(means(weight ~ group, PlantGrowth)),
    irises = { f <- means(Sepal.Width ~ Species, iris); family(f, all_pairs(f, "Species")) },
    swiss = family(lm(Fertility ~ ., swiss)),
    stackloss = family(lm(stack.loss ~ ., stackloss)),
    cars = family(lm(mpg ~ wt + hp + qsec, mtcars)),
    anorexia = family(means(I(Postwt - Prewt) ~ Treat, MASS::anorexia)),
    attitude = family(lm(rating ~ complaints + learning + raises, attitude))
  ),
  joint = list(
    holzinger = changes(hs[, paste0("x", 1:6)], paste0(hs$school, hs$grade, hs$ageyr %/% 2) |> factor() |> as.integer()),
    orthodont = changes(ortho[, 4:6] - ortho[, 3], rep(1:9, 3)),
    bfi = changes(bfi[, 1:5], bfi$education),
    irises = changes(irises[, 1:4], irises$row),
    attitude = changes(attitude, rep(1:6, 5)),
    swiss = changes(swiss[, 1:3], rep(1:8, 6)[1:47]),
    anorexia = changes(with(MASS::anorexia, cbind(Postwt - Prewt, Prewt)), rep(1:9, 8)),
    airquality = { a <- na.omit(airquality); changes(a[, 1:4], a$Month) }
  )
)))
