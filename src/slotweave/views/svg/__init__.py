"""Pictures as SVG text, for papers and for pages without a script."""
