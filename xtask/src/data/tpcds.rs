//! The twenty-four tables of TPC-DS (`dbgen_version`, which no query reads, is left out).

use tpcdsgen::config::{Session, SessionBuilder, Table};
use tpcdsgen_arrow::{
    CallCenterArrow, CatalogPageArrow, CatalogReturnsArrow, CatalogSalesArrow, CustomerAddressArrow, CustomerArrow,
    CustomerDemographicsArrow, DateDimArrow, HouseholdDemographicsArrow, IncomeBandArrow, InventoryArrow, ItemArrow,
    PromotionArrow, ReasonArrow, ShipModeArrow, StoreArrow, StoreReturnsArrow, StoreSalesArrow, TimeDimArrow,
    WarehouseArrow, WebPageArrow, WebReturnsArrow, WebSalesArrow, WebSiteArrow,
};

use super::{Result, TableSource};

macro_rules! table {
    ($session:expr, $table:ident, $arrow:ident, $lines_per_source_row:literal) => {{
        let session: Session = $session.clone();
        let source_rows = source_rows(&session, Table::$table);
        let rows = source_rows * $lines_per_source_row;
        TableSource::new(Table::$table.get_name(), rows, move |part, parts| {
            let (first, last) = (1 + source_rows * part / parts, source_rows * (part + 1) / parts);
            $arrow::new(session.clone()).with_source_row_range(first, last)
        })
    }};
    ($session:expr, $table:ident, $arrow:ident) => {{
        let session: Session = $session.clone();
        // One part: the row of a slowly changing dimension depends on the row before it.
        TableSource::new(Table::$table.get_name(), 1, move |_, _| $arrow::new(session.clone()))
    }};
}

pub(super) fn tables(scale: f64) -> Result<Vec<TableSource>> {
    let session = SessionBuilder::new().with_scale_factor(scale).build()?;
    Ok(vec![
        table!(session, CallCenter, CallCenterArrow),
        table!(session, CatalogPage, CatalogPageArrow),
        table!(session, Customer, CustomerArrow, 1),
        table!(session, CustomerAddress, CustomerAddressArrow, 1),
        table!(session, CustomerDemographics, CustomerDemographicsArrow, 1),
        table!(session, DateDim, DateDimArrow),
        table!(session, HouseholdDemographics, HouseholdDemographicsArrow),
        table!(session, IncomeBand, IncomeBandArrow),
        table!(session, Inventory, InventoryArrow, 1),
        table!(session, Item, ItemArrow),
        table!(session, Promotion, PromotionArrow),
        table!(session, Reason, ReasonArrow),
        table!(session, ShipMode, ShipModeArrow),
        table!(session, Store, StoreArrow),
        table!(session, TimeDim, TimeDimArrow),
        table!(session, Warehouse, WarehouseArrow),
        table!(session, WebPage, WebPageArrow),
        table!(session, WebSite, WebSiteArrow),
        // A source row of sales and returns is an order with 8..=16 (store), 4..=14 (catalog) or 8..=16 (web) lines;
        // about a tenth of them come back.
        table!(session, StoreSales, StoreSalesArrow, 12),
        table!(session, StoreReturns, StoreReturnsArrow, 1),
        table!(session, CatalogSales, CatalogSalesArrow, 9),
        table!(session, CatalogReturns, CatalogReturnsArrow, 1),
        table!(session, WebSales, WebSalesArrow, 12),
        table!(session, WebReturns, WebReturnsArrow, 1),
    ])
}

/// Returns are drawn from the orders of their sales table, so that is what a range of them counts.
fn source_rows(session: &Session, table: Table) -> u64 {
    let drawn_from = match table {
        Table::StoreReturns => Table::StoreSales,
        Table::CatalogReturns => Table::CatalogSales,
        Table::WebReturns => Table::WebSales,
        other => other,
    };
    session.get_scaling().get_row_count(drawn_from)
}
