# Shared by the reference scripts: each one writes a JSON of data and results to the path given as its argument.
options(digits = 15, warn = -1)
need <- function(...) for (package in c(...))
  if (!suppressWarnings(suppressMessages(requireNamespace(package, quietly = TRUE)))) {
    message("the R package ", package, " is not installed"); quit(status = 77)
  }
write_reference <- function(result) {
  path <- commandArgs(trailingOnly = TRUE)[1]
  writeLines(jsonlite::toJSON(result, digits = NA, auto_unbox = TRUE, na = "null", null = "null", pretty = 1), path)
}
one <- function(x) unname(as.numeric(x))
many <- function(x) I(unname(as.numeric(x)))
