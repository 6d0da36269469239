# p.adjust on the p-values of all pairwise comparisons in real data.
source("common.R")
need("jsonlite", "MASS")

pairwise <- function(...) { p <- pairwise.t.test(..., p.adjust.method = "none")$p.value; p[!is.na(p)] }
cases <- list(
  airquality = pairwise(airquality$Ozone, airquality$Month),
  insects = pairwise(InsectSprays$count, InsectSprays$spray),
  anorexia = pairwise(MASS::anorexia$Postwt - MASS::anorexia$Prewt, MASS::anorexia$Treat),
  chickwts = pairwise(chickwts$weight, chickwts$feed),
  ties = c(0.01, 0.02, 0.02, 0.5, 1, 0.049, 0.2)
)
results <- lapply(cases, function(p) list(p = many(p), holm = many(p.adjust(p, "holm")), bh = many(p.adjust(p, "BH")),
  by = many(p.adjust(p, "BY")), hommel = many(p.adjust(p, "hommel"))))
with_missing <- c(0.02, NA, 0.04, 0.03)
write_reference(list(source = R.version.string, cases = results,
  with_missing = list(p = I(with_missing), holm = I(p.adjust(with_missing, "holm")))))
