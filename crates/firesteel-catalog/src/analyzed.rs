//! A table and what ANALYZE TABLE found out about it.

use std::sync::Arc;

use crate::statistics::{ColumnStatistics, TableStatistics};
use crate::table::{ScanSource, Table, TableColumn};

/// The table with other statistics. They are as old as the ANALYZE: never exact.
#[derive(Debug)]
pub struct AnalyzedTable {
    table: Arc<dyn Table>,
    statistics: TableStatistics,
}

impl AnalyzedTable {
    /// `columns` by their place in the table; of the others stays what was known.
    pub fn over(table: Arc<dyn Table>, columns: Vec<(usize, ColumnStatistics)>) -> Arc<dyn Table> {
        let mut statistics = table.statistics().clone();
        for (at, column) in columns {
            if let Some(known) = statistics.columns.get_mut(at) {
                *known = column;
            }
        }
        Arc::new(Self { table, statistics })
    }
}

impl Table for AnalyzedTable {
    fn columns(&self) -> &[TableColumn] {
        self.table.columns()
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    fn source(&self) -> ScanSource {
        self.table.source()
    }

    fn provider(&self) -> &str {
        self.table.provider()
    }
}
