# Workshops against people in none: the parts from lm and metafor, put together as Roberts & Roberts (2005) and Welch say.
source("common.R")
need("jsonlite", "metafor", "MASS", "lavaan", "psych", "nlme")

nested_case <- function(after, before, arm, groups) {
  keep <- complete.cases(after, arm) & (is.null(before) | !is.na(if (is.null(before)) 0 else before))
  after <- after[keep]; arm <- arm[keep]; groups <- as.character(groups)[keep]
  adjust <- !is.null(before)
  before <- if (adjust) before[keep] else NULL
  unit <- factor(ifelse(arm == 1, groups, "alone"))
  slope <- if (adjust) unname(coef(lm(after ~ unit + before))["before"]) else 0
  adjusted <- if (adjust) after - slope * before else after
  inside <- split(adjusted[arm == 1], groups[arm == 1]); alone <- adjusted[arm == 0]
  J <- length(inside); k <- lengths(inside); n <- length(after)
  within <- sum(sapply(inside, function(v) sum((v - mean(v))^2))) / (sum(k) - J)
  means <- sapply(inside, mean)
  tau2 <- max(metafor::rma(yi = means, vi = within / k, method = "HE")$tau2, 0)
  w <- 1 / (tau2 + within / k); w <- w / sum(w)
  m <- sum(w * means)
  first <- max(sum(w^2 * (means - m)^2 / (1 - w)), sum(w^2 * (tau2 + within / k)))
  parts <- c(first, var(alone) / length(alone)); degrees <- c(J - 1, length(alone) - 1)
  if (adjust) {
    model <- lm(after ~ unit + before)
    xs <- sapply(split(before[arm == 1], groups[arm == 1]), mean)
    pooled <- resid(lm(before ~ unit))
    parts <- c(parts, (sum(w * xs) - mean(before[arm == 0]))^2 * summary(model)$sigma^2 / sum(pooled^2))
    degrees <- c(degrees, model$df.residual)
  }
  se <- sqrt(sum(parts)); df <- min(sum(parts)^2 / sum(parts^2 / degrees), 2 * (J - 1))
  estimate <- m - mean(alone); reach <- qt(.975, df) * se
  list(after = many(after), before = if (adjust) many(before) else NULL, arm = many(arm),
       clusters = I(ifelse(arm == 1, groups, "")), estimate = one(estimate), std_error = one(se), df = one(df),
       p_value = one(2 * pt(-abs(estimate / se), df)), low = one(estimate - reach), high = one(estimate + reach),
       slope = if (adjust) one(slope) else NULL, icc = one(tau2 / (tau2 + within)))
}

data(nlschools, anorexia, package = "MASS"); data(sat.act, package = "psych")
schools <- subset(nlschools, COMB == 1 | seq_len(nrow(nlschools)) %% 7 == 0)
pupils <- lavaan::HolzingerSwineford1939
chicks <- subset(as.data.frame(nlme::Orthodont), age %in% c(8, 14))
wide <- reshape(chicks, idvar = c("Subject", "Sex"), timevar = "age", direction = "wide")
patients <- transform(anorexia, room = c(1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 4)[seq_len(nrow(anorexia)) %% 11 + 1])
write_reference(list(R = R.version.string, cases = list(
  anorexia = with(patients, nested_case(Postwt, Prewt, as.integer(Treat != "Cont"), room)),
  anorexia_unadjusted = with(patients, nested_case(Postwt - Prewt, NULL, as.integer(Treat != "Cont"), room)),
  nlschools = with(schools, nested_case(lang, IQ, as.integer(COMB == 1), class)),
  holzinger = with(pupils, nested_case(x9, x7, as.integer(school == "Pasteur"), agemo)),
  holzinger_two = with(pupils, nested_case(x3, x1, as.integer(school == "Pasteur"), sex)),
  sat = with(sat.act, nested_case(SATQ, SATV, as.integer(gender == 1), education)),
  orthodont_boundary = with(wide, nested_case(distance.14, distance.8, as.integer(Sex == "Male"), as.integer(Subject) %% 4))
)))
