# Power of the paired t test, and of the t test of workshop means in workshops of one size, at the designs of real data.
source("common.R")
need("jsonlite", "pwr", "MASS", "lme4", "nlme", "psych", "lavaan")

ortho <- as.data.frame(nlme::Orthodont)
chicks <- reshape(as.data.frame(ChickWeight)[, c("weight", "Time", "Chick", "Diet")], idvar = c("Chick", "Diet"),
                  timevar = "Time", direction = "wide")
bfi <- na.omit(psych::bfi[, c("A2", "A3")])
pairs <- list(
  sleep = list(sleep$extra[sleep$group == 1], sleep$extra[sleep$group == 2]),
  anorexia_FT = with(subset(MASS::anorexia, Treat == "FT"), list(Prewt, Postwt)),
  anorexia_CBT = with(subset(MASS::anorexia, Treat == "CBT"), list(Prewt, Postwt)),
  anorexia_Cont = with(subset(MASS::anorexia, Treat == "Cont"), list(Prewt, Postwt)),
  immer = list(MASS::immer$Y1, MASS::immer$Y2),
  sleepstudy = with(lme4::sleepstudy, list(Reaction[Days == 2], Reaction[Days == 9])),
  orthodont = list(ortho$distance[ortho$age == 8], ortho$distance[ortho$age == 10]),
  attitude = list(attitude$complaints, attitude$learning),
  warpbreaks = list(warpbreaks$breaks[1:27], warpbreaks$breaks[28:54]),
  chicks = with(chicks[!is.na(chicks$weight.2), ], list(weight.0, weight.2)),
  bfi = list(bfi$A2, bfi$A3)
)
paired <- lapply(pairs, function(pair) {
  n <- length(pair[[1]]); r <- cor(pair[[1]], pair[[2]])
  effect <- mean(pair[[2]] - pair[[1]]) / sqrt((var(pair[[1]]) + var(pair[[2]])) / 2)
  sd <- sqrt(2 * (1 - r))
  power <- function(effect, alpha) list(effect = effect, confidence = 1 - alpha,
    pwr = pwr::pwr.t.test(n = n, d = effect / sd, sig.level = alpha, type = "paired")$power,
    power_t_test = power.t.test(n = n, delta = abs(effect), sd = sd, sig.level = alpha, type = "paired",
                                strict = TRUE)$power)
  list(n = n, r = r, std_error = sd / sqrt(n), tests = list(power(effect, 0.05), power(effect / 2, 0.05),
       power(0.3, 0.05), power(-0.5, 0.01), power(0.1, 0.1), power(0, 0.05)))
})

# One design a data set: as many workshops as groups, as large as they are on average, as alike as they are.
groups <- list(
  InsectSprays = list(sqrt(InsectSprays$count), InsectSprays$spray), npk = list(npk$yield, npk$block),
  nlschools = list(MASS::nlschools$lang, MASS::nlschools$class), Rail = list(nlme::Rail$travel, nlme::Rail$Rail),
  Machines = list(nlme::Machines$score, nlme::Machines$Worker), Orthodont = list(ortho$distance, ortho$Subject),
  warpbreaks = list(warpbreaks$breaks, warpbreaks$tension),
  HolzingerSwineford1939 = with(lavaan::HolzingerSwineford1939, list(x3, school)),
  ChickWeight = list(chicks$weight.2[!is.na(chicks$weight.2)], chicks$Diet[!is.na(chicks$weight.2)])
)
clustered <- lapply(groups, function(group) {
  y <- group[[1]]; g <- factor(group[[2]], ordered = FALSE); J <- nlevels(g); n <- round(length(y) / J)
  ms <- anova(lm(y ~ g))[["Mean Sq"]]
  icc <- max(0, (ms[1] - ms[2]) / (ms[1] + (n - 1) * ms[2]))
  design <- function(r, effect) {
    sd <- sqrt(2 * (1 - r) * (icc / (1 - icc) + 1 / n))  # of a workshop's mean change
    test <- function(...) power.t.test(n = J, sd = sd, type = "one.sample", strict = TRUE, ...)
    list(r = r, effect = effect, std_error = sd / sqrt(J), power = test(delta = effect)$power,
         power_99 = test(delta = effect, sig.level = 0.01)$power,
         detectable_80 = test(power = 0.8, delta = NULL, tol = 1e-13)$delta,
         detectable_90 = test(power = 0.9, delta = NULL, tol = 1e-13)$delta)
  }
  list(workshops = J, n_per_workshop = n, icc = icc, df = J - 1, design_effect = 1 + (n - 1) * icc,
       designs = list(design(0.3, 0.2), design(0.6, 0.4), design(0.8, 0.8)))
})
write_reference(list(R = R.version.string, cases = list(paired = paired, clustered = clustered)))
