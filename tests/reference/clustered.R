# clubSandwich: vcovCR(type = "CR2") and coef_test(test = "Satterthwaite") on real data.
source("common.R")
need("jsonlite", "clubSandwich", "lme4", "nlme", "MASS", "lavaan")

answer <- function(fit, cluster, level = 0.95) {
  V <- clubSandwich::vcovCR(fit, cluster = cluster, type = "CR2")
  test <- clubSandwich::coef_test(fit, vcov = V, test = "Satterthwaite")
  interval <- clubSandwich::conf_int(fit, vcov = V, level = level, test = "Satterthwaite")
  p <- if (is.null(test$p_Satt)) test$p_val else test$p_Satt
  df <- if (is.null(test$df_Satt)) test$df else test$df_Satt
  list(y = many(model.response(model.frame(fit))), X = unname(model.matrix(fit)),
       columns = I(colnames(model.matrix(fit))), clusters = I(as.character(cluster)),
       params = many(test$beta), std_errors = many(test$SE), df = many(df), statistics = many(test$tstat),
       p_values = many(p), low = many(interval$CI_L), high = many(interval$CI_U))
}

sleepstudy <- lme4::sleepstudy
orthodont <- as.data.frame(nlme::Orthodont)
chicks <- merge(subset(ChickWeight, Time == 0), subset(ChickWeight, Time == 18), by = c("Chick", "Diet"))
chicks <- chicks[order(as.character(chicks$Chick)), ]
holzinger <- lavaan::HolzingerSwineford1939
holzinger <- holzinger[complete.cases(holzinger[, c("x1", "x2", "x3", "ageyr", "grade")]), ]
holzinger$room <- paste(holzinger$school, holzinger$ageyr)
anorexia <- MASS::anorexia
anorexia$FT <- as.numeric(anorexia$Treat == "FT")
npk$N01 <- as.numeric(npk$N == "1")
nlschools <- MASS::nlschools

write_reference(list(source = R.version.string, cases = list(
  sleepstudy_trend = answer(lm(Reaction ~ Days, sleepstudy), sleepstudy$Subject),
  orthodont_by_sex = answer(lm(distance ~ age * Sex, orthodont), as.character(orthodont$Subject)),
  chicks_change_by_diet = answer(lm(I(weight.y - weight.x) ~ 1, chicks), chicks$Diet),
  holzinger_change_by_room = answer(lm(I(x2 - x1) ~ 1, holzinger), holzinger$room),
  holzinger_covariates = answer(lm(x3 ~ x1 + x2 + ageyr, holzinger), holzinger$room),
  holzinger_school_in_rooms = answer(lm(x3 ~ x1 + I(school == "Pasteur"), holzinger), holzinger$room, 0.9875),
  anorexia_single = answer(lm(Postwt ~ Prewt + FT, anorexia), seq_len(nrow(anorexia))),
  npk_blocks = answer(lm(yield ~ N01, npk), npk$block),
  # block dummies: every adjustment matrix is singular
  npk_fixed_blocks = answer(lm(yield ~ N01 + block, npk), npk$block),
  nlschools = answer(lm(lang ~ IQ + SES + GS, nlschools), nlschools$class)
)))
