//! Functions that need a window: `rank().over(&window)`.

use super::functions;

functions! {
    cume_dist(): [cume_dist().over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[0.25]";
    dense_rank(): [dense_rank().over(&Window::order_by(col("n").desc()))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[1]";
    lag(column | offset): [lag("n", 1).over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[NULL]";
    lag_or(column | offset, default) = "lag": [lag_or("n", 1, 0).over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[0]";
    lead(column | offset): [lead("n", 1).over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[2]";
    lead_or(column | offset, default) = "lead": [lead_or("n", 9, 0).over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[0]";
    nth_value(column | row): [nth_value("n", 1).over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[1]";
    ntile(| buckets): [ntile(2).over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[1]";
    percent_rank(): [percent_rank().over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[0.0]";
    rank(): [rank().over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[1]";
    row_number(): [row_number().over(&Window::order_by("n"))] from "SELECT * FROM VALUES (1), (2), (2), (5) AS t(n)" => "[1]";
}
