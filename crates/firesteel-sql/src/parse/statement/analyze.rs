//! ANALYZE TABLE and ANALYZE TABLES.

use firesteel_common::Result;
use firesteel_plan::parsed::{AnalyzeScope, StatementKind};

use super::Parser;

impl Parser<'_> {
    pub(super) fn analyze(&mut self) -> Result<StatementKind> {
        self.advance();
        if self.word("TABLES") {
            let namespace = match self.word("IN") || self.word("FROM") {
                true => Some(self.object_name()?),
                false => None,
            };
            self.expect_compute_statistics()?;
            return Ok(StatementKind::AnalyzeTables { namespace, scan: !self.word("NOSCAN") });
        }
        if !self.word("TABLE") {
            return Err(self.unexpected());
        }
        let name = self.object_name()?;
        if self.is_word("PARTITION") {
            return Err(self.unsupported("ANALYZE TABLE … PARTITION", self.at));
        }
        self.expect_compute_statistics()?;
        let scope = if self.word("NOSCAN") {
            AnalyzeScope::NoScan
        } else if self.words(&["FOR", "COLUMNS"]) {
            AnalyzeScope::Columns(self.comma_list(Self::ident)?)
        } else if self.words(&["FOR", "ALL", "COLUMNS"]) {
            AnalyzeScope::AllColumns
        } else {
            AnalyzeScope::Rows
        };
        Ok(StatementKind::AnalyzeTable { name, scope })
    }

    fn expect_compute_statistics(&mut self) -> Result<()> {
        if self.words(&["COMPUTE", "STATISTICS"]) { Ok(()) } else { Err(self.unexpected()) }
    }
}
