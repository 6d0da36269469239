# Difference in differences: the arm's coefficient of the changes with CR2; the placebo by going through the clusters.
source("common.R")
need("jsonlite", "clubSandwich", "MASS", "nlme")
suppressMessages(library(clubSandwich))

differences <- function(before, after, arm, cluster, covariates = NULL) {
  change <- after - before; cluster <- as.integer(factor(cluster))
  fit <- if (is.null(covariates)) lm(change ~ arm) else lm(change ~ arm + covariates)
  V <- vcovCR(fit, cluster, "CR2"); test <- coef_test(fit, V, test = "Satterthwaite")["arm", ]
  reach <- qt(0.975, test$df) * test$SE
  list(before = many(before), after = many(after), arm = many(arm), clusters = many(cluster),
       covariates = if (is.null(covariates)) NULL else unname(as.matrix(covariates)), estimate = one(test$beta),
       std_error = one(test$SE), df = one(test$df), statistic = one(test$tstat), p_value = one(test$p_Satt),
       low = one(test$beta - reach), high = one(test$beta + reach))
}
placebo <- function(before, after, cluster, single) {
  change <- after - before; cluster <- as.character(cluster)
  gap <- sapply(unique(cluster), function(g) abs(mean(change[cluster == g]) - mean(change[cluster != g])))
  list(before = many(before), after = many(after), arm = many(cluster == single), clusters = I(cluster),
       estimate = mean(change[cluster == single]) - mean(change[cluster != single]),
       placebo_p = mean(gap >= gap[[single]] - 1e-9), smallest_p = 1 / length(gap))
}
family <- subset(MASS::anorexia, Treat != "CBT")
teeth <- reshape(as.data.frame(nlme::Orthodont), direction = "wide", idvar = c("Subject", "Sex"), timevar = "age")
co2 <- reshape(as.data.frame(CO2), direction = "wide", idvar = c("Plant", "Type", "Treatment"), timevar = "conc")
rats <- as.data.frame(nlme::BodyWeight); rats <- merge(subset(rats, Time == 1), subset(rats, Time == 64), by = c("Rat", "Diet"))
chicks <- merge(subset(ChickWeight, Time == 0), subset(ChickWeight, Time == 18), by = c("Chick", "Diet"))
chicks <- chicks[order(as.character(chicks$Chick)), ]; rats <- rats[order(as.character(rats$Rat)), ]
pen <- as.integer(factor(as.character(chicks$Chick))) %% 11
write_reference(list(R = R.version.string, cases = list(
  single = list(
    anorexia = differences(family$Prewt, family$Postwt, as.numeric(family$Treat == "FT"), seq_len(nrow(family))),
    teeth_in_rooms = differences(teeth$distance.8, teeth$distance.14, as.numeric(teeth$Sex == "Female"), c(rep(1:4, 4), rep(5:7, c(2, 4, 5)))),
    # chilled plants gain less: a negative difference; the uptake at another concentration beside it
    plants_with_covariate = differences(co2$uptake.95, co2$uptake.500, as.numeric(co2$Treatment == "chilled"), seq_len(nrow(co2)), cbind(co2$uptake.175)),
    chicks_in_pens = differences(chicks$weight.x, chicks$weight.y, as.numeric(chicks$Diet == "3"), pen),
    rats_with_covariate = differences(rats$weight.x, rats$weight.y, as.numeric(rats$Diet == "1"), seq_len(nrow(rats)) %/% 2, cbind(rats$weight.x))
  ),
  placebo = list(
    chicks = placebo(chicks$weight.x, chicks$weight.y, chicks$Diet, "3"),
    anorexia = placebo(MASS::anorexia$Prewt, MASS::anorexia$Postwt, MASS::anorexia$Treat, "CBT"),
    rats = placebo(rats$weight.x, rats$weight.y, rats$Diet, "2")
  )
)))
