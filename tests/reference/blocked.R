# Chance decided inside of blocks: ANCOVA with a column for each block, CR2 by block.
source("common.R")
need("jsonlite", "clubSandwich", "MASS")
suppressMessages(library(clubSandwich))

blocked <- function(after, before, arm, block) {
  block <- as.integer(factor(block)); fit <- lm(after ~ arm + before + factor(block))
  V <- vcovCR(fit, block, "CR2"); test <- coef_test(fit, V, test = "Satterthwaite")["arm", ]
  reach <- qt(0.975, test$df) * test$SE
  list(after = many(after), before = many(before), arm = many(arm), block = many(block), estimate = one(test$beta),
       std_error = one(test$SE), df = one(test$df), p_value = one(test$p_Satt), low = one(test$beta - reach),
       high = one(test$beta + reach))
}
a <- subset(MASS::anorexia, Treat != "CBT"); b <- subset(MASS::anorexia, Treat != "FT")
co2 <- reshape(as.data.frame(CO2), direction = "wide", idvar = c("Plant", "Type", "Treatment"), timevar = "conc")
write_reference(list(R = R.version.string, cases = list(
  family = blocked(a$Postwt, a$Prewt, as.numeric(a$Treat == "FT"), seq_len(nrow(a)) %% 7),
  behaviour = blocked(b$Postwt, b$Prewt, as.numeric(b$Treat == "CBT"), c(1:nrow(b))^2 %% 5),
  teeth = blocked(ToothGrowth$len, ToothGrowth$dose, as.numeric(ToothGrowth$supp == "OJ"), rep(c(1, 2, 3, 4, 5, 5, 6, 6, 6, 6), 6)),
  cars = blocked(mtcars$mpg, mtcars$wt, mtcars$am, mtcars$cyl),
  plants = blocked(co2$uptake.1000, co2$uptake.95, as.numeric(co2$Treatment == "chilled"), co2$Type)
)))
