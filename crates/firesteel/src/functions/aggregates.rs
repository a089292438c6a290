//! Functions over the rows of a group.

use super::functions;
use crate::column::Column;
use crate::column::sort::IntoSortOrders;
use crate::column::value::{IntoColumn, IntoColumns, IntoValue};
use firesteel_plan::parsed::ExprKind;

functions! {
    any_value(column): [any_value("col")] from "SELECT * FROM VALUES (10), (5), (20) AS tab(col)" => "[10]";
    approx_count_distinct(column): [approx_count_distinct("col1")] from "SELECT * FROM VALUES (1), (1), (2), (2), (3) tab(col1)" => "[3]";
    approx_percentile(column | percentages, accuracy): [approx_percentile("col", 0.5, 100)] from "SELECT * FROM VALUES (0), (6), (7), (9), (10) AS tab(col)" => "[7]";
    array_agg(column): [array_agg("col")] from "SELECT * FROM VALUES (1), (2), (1) AS tab(col)" => "[[1,2,1]]";
    avg(column): [avg("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[2.0]";
    bit_and(column): [bit_and("col")] from "SELECT * FROM VALUES (3), (5) AS tab(col)" => "[1]";
    bit_or(column): [bit_or("col")] from "SELECT * FROM VALUES (3), (5) AS tab(col)" => "[7]";
    bit_xor(column): [bit_xor("col")] from "SELECT * FROM VALUES (3), (5) AS tab(col)" => "[6]";
    bitmap_and_agg(column): [substring(hex(bitmap_and_agg("col")), 0, 6)] from "SELECT * FROM VALUES (X'F0'), (X'70'), (X'30') AS tab(col)" => "[300000]";
    bitmap_construct_agg(column): [substring(hex(bitmap_construct_agg(bitmap_bit_position("col"))), 0, 6)] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[070000]";
    bitmap_or_agg(column): [substring(hex(bitmap_or_agg("col")), 0, 6)] from "SELECT * FROM VALUES (X'10'), (X'20'), (X'40') AS tab(col)" => "[700000]";
    bool_and(column): [bool_and("col")] from "SELECT * FROM VALUES (true), (true), (true) AS tab(col)" => "[true]";
    bool_or(column): [bool_or("col")] from "SELECT * FROM VALUES (true), (false), (false) AS tab(col)" => "[true]";
    collect_list(column): [collect_list("col")] from "SELECT * FROM VALUES (1), (2), (1) AS tab(col)" => "[[1,2,1]]";
    collect_set(column): [collect_set("col")] from "SELECT * FROM VALUES (1), (2), (1) AS tab(col)" => "[[1,2]]";
    corr(left, right): [corr("c1", "c2")] from "SELECT * FROM VALUES (3, 2), (3, 3), (6, 4) as tab(c1, c2)" => "[0.8660254037844387]";
    count(column): [count("*")] from "SELECT * FROM VALUES (NULL), (5), (5), (20) AS tab(col)" => "[4]";
    count_if(condition): [count_if(expr("col % 2 = 0"))] from "SELECT * FROM VALUES (NULL), (0), (1), (2), (3) AS tab(col)" => "[2]";
    covar_pop(left, right): [covar_pop("c1", "c2")] from "SELECT * FROM VALUES (1,1), (2,2), (3,3) AS tab(c1, c2)" => "[0.6666666666666666]";
    covar_samp(left, right): [covar_samp("c1", "c2")] from "SELECT * FROM VALUES (1,1), (2,2), (3,3) AS tab(c1, c2)" => "[1.0]";
    every(condition): [every("col")] from "SELECT * FROM VALUES (true), (true), (true) AS tab(col)" => "[true]";
    first(column): [first("col")] from "SELECT * FROM VALUES (10), (5), (20) AS tab(col)" => "[10]";
    first_value(column): [first_value("col")] from "SELECT * FROM VALUES (10), (5), (20) AS tab(col)" => "[10]";
    histogram_numeric(column | bins): [histogram_numeric("col", 5)] from "SELECT * FROM VALUES (0), (1), (2), (10) AS tab(col)" => "[[{\"x\":0,\"y\":1.0},{\"x\":1,\"y\":1.0},{\"x\":2,\"y\":1.0},{\"x\":10,\"y\":1.0}]]";
    kurtosis(column): [round(kurtosis("col"), 9)] from "SELECT * FROM VALUES (-10), (-20), (100), (1000) AS tab(col)" => "[-0.701436805]";
    last(column): [last("col")] from "SELECT * FROM VALUES (10), (5), (20) AS tab(col)" => "[20]";
    last_value(column): [last_value("col")] from "SELECT * FROM VALUES (10), (5), (20) AS tab(col)" => "[20]";
    listagg(column | delimiter): [listagg("col", ", ")] from "SELECT * FROM VALUES ('a'), ('b'), ('c') AS tab(col)" => "[a, b, c]";
    max(column): [max("col")] from "SELECT * FROM VALUES (10), (50), (20) AS tab(col)" => "[50]";
    max_by(column, order): [max_by("x", "y")] from "SELECT * FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)" => "[b]";
    mean(column): [mean("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[2.0]";
    median(column): [median("col")] from "SELECT * FROM VALUES (0), (10) AS tab(col)" => "[5.0]";
    min(column): [min("col")] from "SELECT * FROM VALUES (10), (-1), (20) AS tab(col)" => "[-1]";
    min_by(column, order): [min_by("x", "y")] from "SELECT * FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)" => "[a]";
    mode(column): [mode("col")] from "SELECT * FROM VALUES (0), (10), (10) AS tab(col)" => "[10]";
    percentile(column | percentages): [percentile("col", expr("array(0.25, 0.75)"))] from "SELECT * FROM VALUES (0), (10) AS tab(col)" => "[[2.5,7.5]]";
    percentile_approx(column | percentages, accuracy): [percentile_approx("col", expr("array(0.5, 0.4, 0.1)"), 100)] from "SELECT * FROM VALUES (0), (1), (2), (10) AS tab(col)" => "[[1,1,0]]";
    regr_avgx(y, x): [regr_avgx("y", "x")] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[2.75]";
    regr_avgy(y, x): [regr_avgy("y", "x")] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[1.75]";
    regr_count(y, x): [regr_count("y", "x")] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[4]";
    regr_intercept(y, x): [regr_intercept("y", "x")] from "SELECT * FROM VALUES (1, 1), (2, 2), (3, 3), (4, 4) AS tab(y, x)" => "[0.0]";
    regr_r2(y, x): [regr_r2("y", "x")] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[0.2727272727272726]";
    regr_slope(y, x): [regr_slope("y", "x")] from "SELECT * FROM VALUES (1, 1), (2, 2), (3, 3), (4, 4) AS tab(y, x)" => "[1.0]";
    regr_sxx(y, x): [regr_sxx("y", "x")] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[2.75]";
    regr_sxy(y, x): [round(regr_sxy("y", "x"), 9)] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[0.75]";
    regr_syy(y, x): [regr_syy("y", "x")] from "SELECT * FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)" => "[0.75]";
    skewness(column): [round(skewness("col"), 9)] from "SELECT * FROM VALUES (-10), (-20), (100), (1000) AS tab(col)" => "[1.113565747]";
    some(condition): [some("col")] from "SELECT * FROM VALUES (true), (false), (false) AS tab(col)" => "[true]";
    std(column): [std("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[1.0]";
    stddev(column): [stddev("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[1.0]";
    stddev_pop(column): [stddev_pop("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[0.816496580927726]";
    stddev_samp(column): [stddev_samp("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[1.0]";
    string_agg(column | delimiter): [string_agg("col", ", ")] from "SELECT * FROM VALUES ('a'), ('b'), ('c') AS tab(col)" => "[a, b, c]";
    sum(column): [sum("col")] from "SELECT * FROM VALUES (5), (10), (15) AS tab(col)" => "[30]";
    try_avg(column): [try_avg("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[2.0]";
    try_sum(column): [try_sum("col")] from "SELECT * FROM VALUES (5), (10), (15) AS tab(col)" => "[30]";
    var_pop(column): [var_pop("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[0.6666666666666666]";
    var_samp(column): [var_samp("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[1.0]";
    variance(column): [variance("col")] from "SELECT * FROM VALUES (1), (2), (3) AS tab(col)" => "[1.0]";
}

/// 1 in the rows of groups that are not grouped by the column, else 0.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let totals = session.range(0..3)?.rollup("id").agg(functions::grouping("id").alias("total"))?.order_by("total")?;
/// assert_eq!(totals.select("total")?.collect_rows::<i8>()?, [0, 0, 0, 1]);
/// # Ok::<(), Error>(())
/// ```
pub fn grouping(column: impl IntoColumn) -> Column {
    Column::call("grouping", vec![column.into_column()])
}

/// The bits of [`grouping`] of each of the columns.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let totals = session.range(0..1)?.cube(("id", col("id") % 2)).agg(functions::grouping_id(()).alias("g"))?;
/// assert_eq!(totals.select("g")?.order_by("g")?.collect_rows::<i64>()?, [0, 1, 2, 3]);
/// # Ok::<(), Error>(())
/// ```
pub fn grouping_id(columns: impl IntoColumns) -> Column {
    Column::call("grouping_id", columns.into_columns())
}

/// `count(DISTINCT columns)`.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let counts = session.range(0..9)?.agg(functions::count_distinct(col("id") % 4))?;
/// assert_eq!(counts.collect_rows::<i64>()?, [4]);
/// # Ok::<(), Error>(())
/// ```
pub fn count_distinct(columns: impl IntoColumns) -> Column {
    distinct(Column::call("count", columns.into_columns()))
}

/// `sum(DISTINCT column)`.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let sums = session.range(0..9)?.agg(functions::sum_distinct(col("id") % 4))?;
/// assert_eq!(sums.collect_rows::<i64>()?, [6]);
/// # Ok::<(), Error>(())
/// ```
pub fn sum_distinct(column: impl IntoColumn) -> Column {
    distinct(Column::call("sum", vec![column.into_column()]))
}

fn distinct(mut column: Column) -> Column {
    if let ExprKind::Function(call) = &mut column.expr.kind {
        call.distinct = true;
    }
    column
}

/// The percentile of the ordered values, between two of them if need be: `percentile_cont(percentage) WITHIN GROUP (ORDER BY
/// order)`.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let quarters = session.range_by(0..11, 10)?.agg(functions::percentile_cont(0.25, col("id").asc()))?;
/// assert_eq!(quarters.collect_rows::<f64>()?, [2.5]);
/// # Ok::<(), Error>(())
/// ```
pub fn percentile_cont(percentage: impl IntoValue, order: impl IntoSortOrders) -> Column {
    within_group(Column::call("percentile_cont", vec![percentage.into_value()]), order)
}

/// The same as [`percentile_cont`], but always one of the values.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let quarters = session.range_by(0..11, 10)?.agg(functions::percentile_disc(0.75, col("id").desc()))?;
/// assert_eq!(quarters.collect_rows::<f64>()?, [0.0]);
/// # Ok::<(), Error>(())
/// ```
pub fn percentile_disc(percentage: impl IntoValue, order: impl IntoSortOrders) -> Column {
    within_group(Column::call("percentile_disc", vec![percentage.into_value()]), order)
}

fn within_group(mut column: Column, orders: impl IntoSortOrders) -> Column {
    for order in orders.into_sort_orders() {
        let expr = order.column.expr.clone();
        column.fault = column.fault.take().or_else(|| order.column.fault.clone());
        column.frames.extend(order.column.frames.iter().cloned());
        if let ExprKind::Function(call) = &mut column.expr.kind {
            call.order_by.push(order.item(expr));
        }
    }
    column
}
