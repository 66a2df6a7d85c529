"""Tables that people bring: exports, workbooks, query results. From source rows to our figures.

    a source (delimited text, workbook, Parquet, query) yields batches of its columns
      -> numbers, days and descriptions are read, every problem with its place   (reading)
      -> rows are kept as codes and floats, on disk once they are many            (readings)
      -> grouped up to any level as frames                                        (figures)

A source is read once, whatever is asked of it, and memory grows with its entities and days, not
with its rows.
"""
