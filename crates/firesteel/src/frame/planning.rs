//! Blocks of DataFrames → queries that the engine plans.
//!
//! ```text
//! checking   the block alone; a relation in it is a table with the columns that the frame is known to have, and no rows
//! running    WITH ␁1 AS (block 1), ␁2 AS (block 2 over ␁1), … block n
//! ```

use std::sync::Arc;

use firesteel_catalog::catalog::{Entry, Listing};
use firesteel_catalog::{Catalog, ScanSource, Table, TableColumn, TableStatistics};
use firesteel_common::Result;
use firesteel_plan::parsed::{Cte, Query, QueryBodyKind, With};
use hashbrown::{HashMap, HashSet};

use super::{DataFrame, block, names};
use crate::cache;
use crate::result;
use crate::session::Session;

/// Tables by names that only DataFrames know.
pub(crate) type Tables = HashMap<String, Arc<dyn Table>>;

/// The session's catalog and beside it the tables of frames.
struct WithTables<'a> {
    catalog: &'a dyn Catalog,
    tables: &'a Tables,
}

impl Catalog for WithTables<'_> {
    fn lookup(&self, name: &[String]) -> Result<Option<Entry>> {
        if let [only] = name
            && let Some(table) = self.tables.get(only)
        {
            return Ok(Some(Entry::Table(Arc::clone(table))));
        }
        self.catalog.lookup(name)
    }

    fn is_file_function(&self, name: &str) -> bool {
        self.catalog.is_file_function(name)
    }

    fn read_files(&self, function: &str, arguments: &[(Option<String>, String)]) -> Result<Arc<dyn Table>> {
        self.catalog.read_files(function, arguments)
    }

    fn list(&self) -> Result<Vec<Listing>> {
        self.catalog.list()
    }
}

/// Calls with a catalog that knows `tables` too.
pub(crate) fn with_tables<T>(session: &Session, tables: &Tables, call: impl FnOnce(&dyn Catalog) -> T) -> T {
    call(&WithTables { catalog: session.names(), tables })
}

/// A relation that is only known by its columns.
#[derive(Debug)]
struct ColumnsOnly {
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
}

impl ColumnsOnly {
    fn of(frame: &DataFrame) -> Arc<dyn Table> {
        let column = |column: &result::Column| TableColumn {
            name: Arc::from(column.name.as_str()),
            data_type: column.data_type.clone(),
            nullable: column.nullable,
            comment: None,
        };
        let columns: Vec<_> = frame.output().iter().map(column).collect();
        Arc::new(Self { statistics: TableStatistics::unknown(columns.len()), columns })
    }
}

impl Table for ColumnsOnly {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    /// Analysis reads no rows; nothing else sees this table.
    fn source(&self) -> ScanSource {
        ScanSource { reader: Arc::from("none"), splits: Arc::from([]), options: Arc::from([]) }
    }

    fn provider(&self) -> &str {
        "DataFrame"
    }
}

/// Analyzes a block over what is known of its inputs.
pub(crate) fn columns(
    session: &Session,
    query: &Query,
    inputs: &[DataFrame],
    own: &Tables,
) -> Result<Vec<result::Column>> {
    let mut tables = own.clone();
    add_inputs(inputs, &mut tables);
    let analyzed = with_tables(session, &tables, |catalog| session.analyze_in(query, catalog))?;
    Ok(result::columns(&analyzed))
}

/// What a block names. Free frames stand in it in full.
fn add_inputs(inputs: &[DataFrame], tables: &mut Tables) {
    for frame in inputs {
        match frame.is_free() {
            true => {
                tables.extend(frame.0.tables.clone());
                add_inputs(&frame.0.inputs, tables);
            }
            false => {
                tables.insert(names::frame(frame.id()), ColumnsOnly::of(frame));
            }
        }
    }
}

/// The whole query of a frame and the tables that it names beside those of the catalog.
pub(crate) fn assemble(frame: &DataFrame) -> Result<(Query, Tables)> {
    if let Some(rows) = cache::of_frame(frame)? {
        let (query, name) = cache::reference(frame);
        return Ok((query, [(name, rows)].into_iter().collect()));
    }
    assemble_itself(frame)
}

/// The same, with the frame's own block even if its rows are kept.
pub(crate) fn assemble_itself(frame: &DataFrame) -> Result<(Query, Tables)> {
    let mut seen = HashSet::new();
    let mut frames = vec![frame.clone()];
    let (mut tables, mut cached) = (frame.0.tables.clone(), HashMap::new());
    let mut at = 0;
    while let Some(next) = frames.get(at).cloned() {
        let rows = if at == 0 || next.is_free() { None } else { cache::of_frame(&next)? };
        at += 1;
        match rows {
            // What it is made of nobody needs.
            Some(rows) => {
                let (query, name) = cache::reference(&next);
                tables.insert(name, rows);
                cached.insert(next.id(), query);
            }
            None => {
                tables.extend(next.0.tables.clone());
                frames.extend(next.0.inputs.iter().filter(|input| seen.insert(input.id())).cloned());
            }
        }
    }
    frames.sort_unstable_by_key(DataFrame::id);
    // The last is the frame itself: it is younger than all it is made of.
    frames.pop();
    frames.retain(|frame| !frame.is_free());
    let query_of = |frame: &DataFrame| cached.get(&frame.id()).cloned().unwrap_or_else(|| frame.0.block.query());
    let ctes: Vec<_> = frames.iter().map(|frame| cte(frame, query_of(frame))).collect();
    let own = frame.0.block.query();
    if ctes.is_empty() {
        return Ok((own, tables));
    }
    let with = Some(With { recursive: false, ctes });
    let query = match own.with {
        None => Query { with, ..own },
        Some(_) => Query { with, ..block::query(QueryBodyKind::Query(Box::new(own))) },
    };
    Ok((query, tables))
}

fn cte(frame: &DataFrame, query: Query) -> Cte {
    Cte {
        name: names::quoted(names::frame(frame.id())),
        columns: Vec::new(),
        recursion_max: None,
        query: Box::new(query),
    }
}
