# Standardised changes and differences: effectsize where it has them, noncentral t by stats::pt and uniroot elsewhere.
source("common.R")
need("jsonlite", "effectsize", "MASS", "lme4", "nlme")

ortho <- as.data.frame(nlme::Orthodont)
cases <- list(
  sleep = list(sleep$extra[sleep$group == 1], sleep$extra[sleep$group == 2]),
  anorexia_FT = with(subset(MASS::anorexia, Treat == "FT"), list(Prewt, Postwt)),
  anorexia_CBT = with(subset(MASS::anorexia, Treat == "CBT"), list(Prewt, Postwt)),
  immer = list(MASS::immer$Y1, MASS::immer$Y2),
  sleepstudy = with(lme4::sleepstudy, list(Reaction[Days == 2], Reaction[Days == 9])),
  orthodont = list(ortho$distance[ortho$age == 8], ortho$distance[ortho$age == 10])
)
J <- function(m) exp(lgamma(m / 2) - lgamma((m - 1) / 2) - log(sqrt(m / 2)))
limits <- function(t, df, level = 0.95) sapply(c((1 + level) / 2, (1 - level) / 2), function(q)
  uniroot(function(nc) pt(t, df, nc) - q, t + c(-1, 1) * (5 + 2 * abs(t)), tol = 1e-13)$root)

results <- lapply(cases, function(case) {
  before <- case[[1]]; after <- case[[2]]; n <- length(before); change <- after - before
  average <- sqrt((var(before) + var(after)) / 2)
  t <- mean(change) / (sd(change) / sqrt(n))
  z <- suppressMessages(effectsize::cohens_d(after, before, paired = TRUE))
  hedges_z <- suppressMessages(effectsize::hedges_g(after, before, paired = TRUE))
  difference <- suppressMessages(effectsize::cohens_d(after, before, pooled_sd = TRUE))
  hedges <- suppressMessages(effectsize::hedges_g(after, before, pooled_sd = TRUE))
  before_ratio <- mean(change) / sd(before)
  before_se <- sqrt(var(change) / (var(before) * (n - 1)) + before_ratio^2 / (2 * (n - 1)))
  list(before = many(before), after = many(after),
    g_av = list(value = J(n - 1) * mean(change) / average,
      low = limits(t, n - 1)[1] * sd(change) / (sqrt(n) * average),
      high = limits(t, n - 1)[2] * sd(change) / (sqrt(n) * average)),
    g_z = list(value = hedges_z$Hedges_g, low = limits(t, n - 1)[1] / sqrt(n), high = limits(t, n - 1)[2] / sqrt(n),
      effectsize_low = z$CI_low, effectsize_high = z$CI_high),
    g_before = list(value = J(n - 1) * before_ratio,
      low = before_ratio - qnorm(0.975) * before_se, high = before_ratio + qnorm(0.975) * before_se),
    g = list(value = hedges$Hedges_g,
      low = limits(mean(change) / (average * sqrt(2 / n)), 2 * n - 2)[1] * sqrt(2 / n),
      high = limits(mean(change) / (average * sqrt(2 / n)), 2 * n - 2)[2] * sqrt(2 / n),
      effectsize_low = difference$CI_low, effectsize_high = difference$CI_high))
})
grid <- expand.grid(t = c(-3, -0.5, 0, 0.7, 2.5, 12), df = c(1, 2, 7, 30, 400), nc = c(-4, 0, 1.5, 9))
grid$p <- mapply(pt, grid$t, grid$df, grid$nc)
write_reference(list(source = R.version.string, cases = results, noncentral_t = grid))
