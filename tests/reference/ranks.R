# Effect sizes that count people: rank-biserial from effectsize (one sample of differences: with two columns it counts
# the zeros of the first column instead of those of the differences); superiority from its formula, ends by uniroot.
source("common.R")
need("jsonlite", "effectsize", "MASS", "lme4", "nlme", "psych", "clubSandwich")
suppressMessages(library(clubSandwich))

ortho <- as.data.frame(nlme::Orthodont)
chick <- reshape(as.data.frame(ChickWeight)[, c("Chick", "Time", "weight", "Diet")], direction = "wide",
                 idvar = c("Chick", "Diet"), timevar = "Time")
bfi <- subset(as.data.frame(psych::bfi), !is.na(A2) & !is.na(A5) & !is.na(education))[1:300, ]
cases <- list(
  sleep = list(sleep$extra[sleep$group == 1], sleep$extra[sleep$group == 2]),
  anorexia = with(MASS::anorexia, list(Prewt, Postwt, as.integer(Treat))),
  anorexia_CBT = with(subset(MASS::anorexia, Treat == "CBT"), list(Prewt, Postwt)),
  immer = list(MASS::immer$Y1, MASS::immer$Y2, as.integer(MASS::immer$Loc)),
  sleepstudy = with(lme4::sleepstudy, list(Reaction[Days == 2], Reaction[Days == 3])),
  orthodont = list(ortho$distance[ortho$age == 8], ortho$distance[ortho$age == 10]),
  chicks = with(chick, list(weight.0, weight.2, as.integer(Diet))),
  bfi_two_items = list(bfi$A2, bfi$A5, bfi$education),
  attitude = list(attitude$rating, attitude$learning),
  quakes = list(quakes$stations[1:60], 10 * quakes$mag[1:60] - 20, rep(1:12, 5))
)
superiority <- function(score, wider, df, level = 0.95) {
  n <- length(score); value <- mean(score); ties <- sum(score == 0.5) / (n + 4)
  k <- qt((1 + level) / 2, df)^2 * wider / n
  gap <- function(p) (value - p)^2 - k * (p * (1 - p) - ties / 4)
  # At the score itself the gap is negative or, where ties outweigh, only the nearest minimum; the roots lie to its sides.
  bottom <- optimize(gap, c(0, 1), tol = 1e-12)$minimum
  end <- function(to) if (gap(bottom) >= 0) bottom else if (gap(to) <= 0) to else
    uniroot(gap, sort(c(bottom, to)), tol = 1e-14)$root
  c(end(0), end(1))
}
results <- lapply(cases, function(case) {
  kept <- !is.na(case[[1]]) & !is.na(case[[2]])
  before <- case[[1]][kept]; after <- case[[2]][kept]; change <- round(after - before, 9)  # no dust
  rooms <- if (length(case) > 2) case[[3]][kept] else NULL
  ranks <- effectsize::rank_biserial(change, ci = 0.95, verbose = FALSE)
  score <- (sign(change) + 1) / 2; n <- length(score)
  alone <- superiority(score, 1, n - 1)
  result <- list(before = many(before), after = many(after),
    rank_biserial = list(value = one(ranks$r_rank_biserial), low = one(ranks$CI_low), high = one(ranks$CI_high)),
    superiority = list(value = one(mean(score)), low = one(alone[1]), high = one(alone[2])))
  if (!is.null(rooms)) {
    fit <- lm(score ~ 1)
    test <- coef_test(fit, vcovCR(fit, rooms, "CR2"), test = "Satterthwaite")
    own <- mean(score) * (1 - mean(score)) - mean(score == 0.5) / 4
    both <- superiority(score, max(1, test$SE^2 * n / own), test$df_Satt)
    result$rooms <- many(rooms)
    result$by_room <- list(low = one(both[1]), high = one(both[2]), df = one(test$df_Satt))
  }
  result
})
write_reference(list(R = R.version.string, cases = results))
