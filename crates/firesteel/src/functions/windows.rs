//! Functions that need a window: `rank().over(&window)`.

use super::functions;

functions! {
    cume_dist();
    dense_rank();
    lag(column | offset);
    lag_or(column | offset, default) = "lag";
    lead(column | offset);
    lead_or(column | offset, default) = "lead";
    nth_value(column | row);
    ntile(| buckets);
    percent_rank();
    rank();
    row_number();
}
