# Ratio of two mean changes: Fieller's set by inverting the clustered t test of numerator − ratio × denominator, ratio by ratio.
source("common.R")
need("jsonlite", "clubSandwich", "nlme")
suppressMessages(library(clubSandwich))

excess <- function(ratio, top, bottom, rooms) {  # |t| − its quantile, of the mean of top − ratio × bottom
  fit <- lm(I(top - ratio * bottom) ~ 1)
  test <- coef_test(fit, vcovCR(fit, rooms, "CR2"), test = "Satterthwaite")
  abs(test$tstat) - qt(0.975, test$df)
}
ratio <- function(top, bottom, rooms = seq_along(top)) {
  value <- mean(top) / mean(bottom)
  step <- max(1, abs(value))
  end <- function(sign) uniroot(function(d) excess(value + sign * d, top, bottom, rooms), c(1e-9, 50 * step), tol = 1e-12)$root
  own <- lm(bottom ~ 1); test <- coef_test(own, vcovCR(own, rooms, "CR2"), test = "Satterthwaite")
  clear <- abs(test$tstat) > qt(0.975, test$df)
  list(numerator = many(top), denominator = many(bottom), rooms = many(as.integer(factor(rooms))), value = one(value),
       df = one(test$df), bounded = clear,
       low = if (clear) one(value - end(-1)) else NULL, high = if (clear) one(value + end(1)) else NULL)
}
wide <- function(data, id, time, y, times) {
  data <- as.data.frame(data)
  sapply(times, function(at) { one_time <- data[data[[time]] == at, ]; one_time[[y]][match(unique(data[[id]]), one_time[[id]])] })
}
growth <- wide(nlme::Orthodont, "Subject", "age", "distance", c(8, 12, 14))
chicks <- wide(ChickWeight, "Chick", "Time", "weight", c(0, 10, 20)); whole <- complete.cases(chicks)
diet <- ChickWeight$Diet[match(unique(ChickWeight$Chick), ChickWeight$Chick)]
rats <- wide(nlme::BodyWeight, "Rat", "Time", "weight", c(1, 29, 64))
rat_diet <- nlme::BodyWeight$Diet[match(unique(nlme::BodyWeight$Rat), nlme::BodyWeight$Rat)]
trees <- wide(Orange, "Tree", "age", "circumference", c(118, 664, 1582))
calcium <- wide(nlme::Glucose, "Subject", "Time", "conc", c(-0.25, 1, 3)); early <- calcium
write_reference(list(R = R.version.string, cases = list(
  growth = ratio(growth[, 3] - growth[, 1], growth[, 2] - growth[, 1]),
  growth_rooms = ratio(growth[, 3] - growth[, 1], growth[, 2] - growth[, 1], rep(1:9, 3)),
  growth_few_rooms = ratio(growth[, 3] - growth[, 1], growth[, 2] - growth[, 1], rep(c(1, 2, 3, 3), length.out = 27)),
  chicks = ratio(chicks[whole, 3] - chicks[whole, 1], chicks[whole, 2] - chicks[whole, 1]),
  chicks_diet = ratio(chicks[whole, 3] - chicks[whole, 1], chicks[whole, 2] - chicks[whole, 1], diet[whole]),
  rats = ratio(rats[, 3] - rats[, 1], rats[, 2] - rats[, 1]),
  rats_diet = ratio(rats[, 3] - rats[, 1], rats[, 2] - rats[, 1], rat_diet),
  trees = ratio(trees[, 3] - trees[, 1], trees[, 2] - trees[, 1]),
  glucose = ratio(calcium[, 3] - calcium[, 1], calcium[, 2] - calcium[, 1]),
  attitude = ratio(attitude$learning - attitude$raises, attitude$rating - attitude$raises, rep(1:6, 5))
)))
