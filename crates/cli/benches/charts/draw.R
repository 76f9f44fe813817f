# Draws the charts of a table with ggplot2, each to SVG, and says how many seconds they took. The table is that of
# draw.py. The first chart is drawn once before, so that loading is not counted.

if (!requireNamespace("ggplot2", quietly = TRUE)) {
  cat("absent\n")
  quit(status = 0)
}
library(ggplot2)
# svglite is what ggsave takes where it is installed; the device of R itself otherwise.
device <- if (requireNamespace("svglite", quietly = TRUE)) svglite::svglite else grDevices::svg

table <- read.csv(commandArgs(trailingOnly = TRUE)[1], encoding = "UTF-8", stringsAsFactors = FALSE)
charts <- split(table, factor(table$chart, levels = unique(table$chart)))

draw <- function(chart) {
  chart$category <- factor(chart$category, levels = rev(unique(chart$category)))
  chart$series <- factor(chart$series, levels = unique(chart$series))
  is_stacked <- chart$form[1] == "stacked"
  place <- if (is_stacked) position_stack() else position_dodge(width = 0.8)
  plot <- ggplot(chart, aes(x = value, y = category, fill = series)) +
    geom_col(position = place, width = 0.8, na.rm = TRUE) +
    geom_text(aes(label = ifelse(is.na(value), "", paste0(value, " %"))), position = place, hjust = -0.1, na.rm = TRUE) +
    labs(title = chart$title[1], x = NULL, y = NULL) +
    theme_minimal() +
    theme(legend.position = if (nlevels(chart$series) > 1) "top" else "none")
  if (!is_stacked) {
    plot <- plot + geom_errorbar(aes(xmin = low, xmax = high), position = place, width = 0.2, na.rm = TRUE)
  }
  file <- tempfile(fileext = ".svg")
  device(file, width = 7.6, height = 1.6 + 0.35 * nrow(chart))
  print(plot)
  invisible(dev.off())
  size <- file.size(file)
  unlink(file)
  size
}

invisible(draw(charts[[1]]))
started <- proc.time()[["elapsed"]]
written <- sum(vapply(charts, draw, numeric(1)))
cat(proc.time()[["elapsed"]] - started, length(charts), written, "\n")
