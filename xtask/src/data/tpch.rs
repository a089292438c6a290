//! The eight tables of TPC-H.

use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator, PartSuppGenerator,
    RegionGenerator, SupplierGenerator,
};
use tpchgen_arrow::{
    CustomerArrow, LineItemArrow, NationArrow, OrderArrow, PartArrow, PartSuppArrow, RegionArrow, SupplierArrow,
};

use super::TableSource;

/// A table whose generator takes (scale, part from 1, number of parts).
macro_rules! table {
    ($name:literal, $rows_at_scale_1:expr, $scale:expr, $generator:ident, $arrow:ident) => {{
        let scale: f64 = $scale;
        let rows = ($rows_at_scale_1 as f64 * scale) as u64;
        TableSource::new($name, rows, move |part, parts| {
            $arrow::new($generator::new(scale, part as i32 + 1, parts as i32))
        })
    }};
}

pub(super) fn tables(scale: f64) -> Vec<TableSource> {
    vec![
        table!("region", 0, scale, RegionGenerator, RegionArrow),
        table!("nation", 0, scale, NationGenerator, NationArrow),
        table!("supplier", 10_000, scale, SupplierGenerator, SupplierArrow),
        table!("customer", 150_000, scale, CustomerGenerator, CustomerArrow),
        table!("part", 200_000, scale, PartGenerator, PartArrow),
        table!("partsupp", 800_000, scale, PartSuppGenerator, PartSuppArrow),
        table!("orders", 1_500_000, scale, OrderGenerator, OrderArrow),
        // The generator splits lineitem by orders, which have four lines on average.
        table!("lineitem", 6_000_000, scale, LineItemGenerator, LineItemArrow),
    ]
}
