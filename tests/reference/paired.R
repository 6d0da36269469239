# t.test, coin::wilcoxsign_test and exactRankTests::perm.test on real paired data.
source("common.R")
need("jsonlite", "coin", "exactRankTests", "MASS", "lme4", "nlme")
suppressMessages(library(coin))

night <- function(data, day) data$Reaction[data$Days == day]
ortho <- as.data.frame(nlme::Orthodont)
cases <- list(
  sleep = list(sleep$extra[sleep$group == 1], sleep$extra[sleep$group == 2]),
  anorexia_FT = with(subset(MASS::anorexia, Treat == "FT"), list(Prewt, Postwt)),
  anorexia_Cont = with(subset(MASS::anorexia, Treat == "Cont"), list(Prewt, Postwt)),
  immer = list(MASS::immer$Y1, MASS::immer$Y2),
  sleepstudy = list(night(lme4::sleepstudy, 2), night(lme4::sleepstudy, 9)),
  orthodont = list(ortho$distance[ortho$age == 8], ortho$distance[ortho$age == 10]),
  # two columns of whole numbers with ties and zeros
  attitude = list(attitude$complaints, attitude$learning),
  warpbreaks = list(warpbreaks$breaks[1:27], warpbreaks$breaks[28:54])
)

signed_rank <- function(before, after, zeros, distribution) {
  test <- wilcoxsign_test(after ~ before, distribution = distribution, zero.method = zeros)
  one(pvalue(test))
}
results <- lapply(cases, function(case) {
  before <- case[[1]]; after <- case[[2]]
  t <- t.test(after, before, paired = TRUE, conf.level = 0.95)
  wide <- t.test(after, before, paired = TRUE, conf.level = 0.9875)
  welch <- t.test(after, before)
  # perm.test wants whole numbers: the smallest power of ten that makes them so
  scale <- 1
  while (any(abs(round((after - before) * scale) - (after - before) * scale) > 1e-7)) scale <- scale * 10
  flip <- if (scale <= 100) exactRankTests::perm.test(as.integer(round((after - before) * scale)), exact = TRUE)$p.value else NA
  list(
    before = many(before), after = many(after),
    paired_t = list(estimate = one(t$estimate), std_error = one(t$stderr), statistic = one(t$statistic),
      df = one(t$parameter), p_value = one(t$p.value), low = t$conf.int[1], high = t$conf.int[2],
      low_9875 = wide$conf.int[1], high_9875 = wide$conf.int[2]),
    welch_t = list(estimate = one(welch$estimate[1] - welch$estimate[2]), std_error = one(welch$stderr),
      statistic = one(welch$statistic), df = one(welch$parameter), p_value = one(welch$p.value),
      low = welch$conf.int[1], high = welch$conf.int[2]),
    wilcoxon = list(
      wilcox_exact = signed_rank(before, after, "Wilcoxon", "exact"),
      pratt_exact = signed_rank(before, after, "Pratt", "exact"),
      wilcox_normal = signed_rank(before, after, "Wilcoxon", "asymptotic"),
      pratt_normal = signed_rank(before, after, "Pratt", "asymptotic")),
    sign_flip = flip
  )
})
write_reference(list(source = R.version.string, cases = results))
