//! Functions over the rows of a group.

use super::functions;
use crate::column::Column;
use crate::column::value::{IntoColumn, IntoColumns};
use firesteel_plan::parsed::ExprKind;

functions! {
    any_value(column);
    approx_count_distinct(column);
    approx_percentile(column | percentages, accuracy);
    array_agg(column);
    avg(column);
    bit_and(column);
    bit_or(column);
    bit_xor(column);
    bool_and(column);
    bool_or(column);
    collect_list(column);
    collect_set(column);
    corr(left, right);
    count(column);
    count_if(condition);
    covar_pop(left, right);
    covar_samp(left, right);
    every(condition);
    first(column);
    first_value(column);
    grouping(column);
    kurtosis(column);
    last(column);
    last_value(column);
    listagg(column | delimiter);
    max(column);
    max_by(column, order);
    mean(column);
    median(column);
    min(column);
    min_by(column, order);
    mode(column);
    percentile(column | percentages);
    percentile_approx(column | percentages, accuracy);
    regr_avgx(y, x);
    regr_avgy(y, x);
    regr_count(y, x);
    regr_intercept(y, x);
    regr_r2(y, x);
    regr_slope(y, x);
    regr_sxx(y, x);
    regr_sxy(y, x);
    regr_syy(y, x);
    skewness(column);
    some(condition);
    std(column);
    stddev(column);
    stddev_pop(column);
    stddev_samp(column);
    string_agg(column | delimiter);
    sum(column);
    try_avg(column);
    try_sum(column);
    var_pop(column);
    var_samp(column);
    variance(column);
}

super::variadic! {
    grouping_id;
}

/// `count(DISTINCT columns)`.
pub fn count_distinct(columns: impl IntoColumns) -> Column {
    distinct(Column::call("count", columns.into_columns()))
}

/// `sum(DISTINCT column)`.
pub fn sum_distinct(column: impl IntoColumn) -> Column {
    distinct(Column::call("sum", vec![column.into_column()]))
}

fn distinct(mut column: Column) -> Column {
    if let ExprKind::Function(call) = &mut column.expr.kind {
        call.distinct = true;
    }
    column
}
