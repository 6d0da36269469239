# Two one-sided tests: t.test twice, against −bound and +bound; by workshop the same with clubSandwich's error and df.
source("common.R")
need("jsonlite", "clubSandwich", "MASS", "lme4", "nlme")

both <- function(before, after, bound, cluster = NULL) {
  change <- after - before
  if (is.null(cluster)) {
    lower <- t.test(change, mu = -bound, alternative = "greater"); upper <- t.test(change, mu = bound, alternative = "less")
    p <- c(lower$p.value, upper$p.value); interval <- t.test(change, conf.level = 0.9)$conf.int
    found <- list(estimate = mean(change), std_error = one(lower$stderr), df = one(lower$parameter))
  } else {
    fit <- lm(change ~ 1); test <- clubSandwich::coef_test(fit, clubSandwich::vcovCR(fit, cluster, "CR2"), test = "Satterthwaite")
    found <- list(estimate = one(test$beta), std_error = one(test$SE), df = one(test$df))
    p <- with(found, c(pt((estimate + bound) / std_error, df, lower.tail = FALSE), pt((estimate - bound) / std_error, df)))
    interval <- with(found, estimate + c(-1, 1) * qt(0.95, df) * std_error)
  }
  c(list(before = many(before), after = many(after), bound = bound, clusters = if (is.null(cluster)) NULL else many(cluster)),
    found, list(p_lower = p[1], p_upper = p[2], p_value = max(p), low = interval[1], high = interval[2], equivalent = max(p) < 0.05))
}
control <- subset(MASS::anorexia, Treat == "Cont")
ortho <- as.data.frame(nlme::Orthodont); at <- function(age) ortho$distance[ortho$age == age]
night <- function(day) lme4::sleepstudy$Reaction[lme4::sleepstudy$Days == day]
write_reference(list(R = R.version.string, cases = list(
  anorexia_controls = both(control$Prewt, control$Postwt, 4),
  sleep_turned = both(sleep$extra[sleep$group == 2], sleep$extra[sleep$group == 1], 2.5),
  immer = both(MASS::immer$Y1, MASS::immer$Y2, 25),
  nights = both(night(0), night(1), 20),
  teeth_in_rooms = both(at(10), at(8), 1.5, rep(1:6, c(3, 4, 5, 6, 4, 5))),
  blocks = both(npk$yield[npk$N == "0"], npk$yield[npk$N == "1"], 8, as.integer(npk$block[npk$N == "0"])),
  attitude_in_rooms = both(attitude$complaints, attitude$learning, 12, rep(1:8, c(2, 3, 4, 5, 4, 4, 4, 4)))
)))
