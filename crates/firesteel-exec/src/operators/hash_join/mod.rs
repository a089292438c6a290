//! Joins by hashing one side.
//!
//! ```text
//! build side ──▶ columns + key columns ──▶ [table] keys side by side, a directory over them ──▶ runtime filters
//! probe side ──keys──▶ [matcher] for each row the place of its partners ──▶ pairs (see `operators::join`)
//! ```
//! Where memory does not hold the build, both sides go to disk, and are joined part by part: [`spill`].

mod matcher;
mod spill;
mod table;
#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use arrow::array::ArrayRef;
use firesteel_common::{ColumnId, Result, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::column::Column;
use firesteel_plan::Schema;
use firesteel_plan::physical::{HashJoin, JoinSide, RuntimeFilterSource};

use self::matcher::HashMatcher;
use self::spill::RestSource;
use self::table::JoinTable;
pub use super::join::JoinParts;
use super::join::JoinShape;
use super::join::disk::{JoinDisk, ProbeCutter};
use super::join::held::{Complete, Held, HeldSink, RowMarks};
use super::join::probe::{PairFilter, Probe};
use crate::contract::{Operator, OperatorFactory, WorkerId};
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::query::QueryContext;
use crate::runtime_filter::KeyFilter;

/// `left` and `right`: the columns of the children.
pub fn build(
    plan: &HashJoin,
    left: &Schema,
    right: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<JoinParts> {
    let keys = plan.keys.iter().map(|key| (Arc::clone(&key.left), Arc::clone(&key.right)));
    let (left_keys, right_keys): (Vec<_>, Vec<_>) = keys.unzip();
    let (held, probe) = match plan.build {
        JoinSide::Left => ((left, left_keys), (right, right_keys)),
        JoinSide::Right => ((right, right_keys), (left, left_keys)),
    };
    let shape = Arc::new(JoinShape::new(plan.kind, plan.build, left, right));
    let (held_ids, (places, computed)) = (held.0.ids(), place_keys(&held.1, held.0));
    let types = |schema: &Schema| schema.columns.iter().map(|column| column.data_type.clone()).collect::<Vec<_>>();
    let held_types = types(held.0).into_iter().chain(computed.iter().map(|key| key.data_type().clone())).collect();
    let disk =
        JoinDisk::new(query, metrics, (held_types, places.clone()), (types(probe.0), probe.1.clone(), probe.0.ids()));
    let built = Arc::new(Build {
        disk: Arc::new(disk),
        shape: Arc::clone(&shape),
        keys: held.1,
        nulls_match: plan.keys.iter().map(|key| key.nulls_match).collect(),
        places,
        filters: plan.runtime_filters.clone(),
        query: Arc::clone(query),
        built: OnceLock::new(),
    });
    let side = (held_ids.clone(), shape.held_types());
    let build_sink = HeldSink::new("HashJoin build", side, computed, query, Arc::clone(&built));
    let probe = Arc::new(ProbeFactory {
        shape,
        build: built,
        keys: probe.1,
        probe: probe.0.ids(),
        held: held_ids,
        filter: plan.filter.clone(),
    });
    let rest = RestSource { probe: Arc::clone(&probe), unmatched: Arc::new(AtomicUsize::new(0)) };
    Ok(JoinParts { build_sink: Arc::new(build_sink), probe: Arc::new(Probes(probe)), unmatched: Some(Arc::new(rest)) })
}

/// About what a table over so many rows takes, and marks for them.
fn build_bytes(rows: usize) -> usize {
    rows * 48
}

/// Where each key is among the held columns, and the expressions to be computed behind those of the side.
fn place_keys(keys: &[ExprRef], side: &Schema) -> (Vec<usize>, Vec<ExprRef>) {
    let mut computed = Vec::new();
    let place = |key: &ExprRef| {
        let column = key.as_column().and_then(|id| side.columns.iter().position(|column| column.id == id));
        column.unwrap_or_else(|| {
            computed.push(Arc::clone(key));
            side.len() + computed.len() - 1
        })
    };
    (keys.iter().map(place).collect(), computed)
}

/// The build, for those who wait for it.
struct Build {
    disk: Arc<JoinDisk>,
    shape: Arc<JoinShape>,
    keys: Vec<ExprRef>,
    /// By key: whether NULL equals NULL.
    nulls_match: Vec<bool>,
    places: Vec<usize>,
    filters: Vec<RuntimeFilterSource>,
    query: Arc<QueryContext>,
    /// Never, when the build is on disk.
    built: OnceLock<Built>,
}

struct Built {
    held: Arc<Held>,
    table: Arc<JoinTable>,
}

impl Complete for Build {
    fn complete(&self, columns: Vec<ArrayRef>, rows: usize, memory: Reservation) -> Result<()> {
        let keys: Vec<Column> = self.keys_of(&columns);
        let built = self.built_of(columns, rows, memory)?;
        self.publish_filters(&keys)?;
        self.built.set(built).map_err(|_| internal!("a hash join was built twice"))
    }

    fn disk(&self) -> Option<&Arc<JoinDisk>> {
        Some(&self.disk)
    }

    fn more_bytes(&self, rows: usize) -> usize {
        build_bytes(rows)
    }
}

impl Build {
    fn keys_of(&self, columns: &[ArrayRef]) -> Vec<Column> {
        self.places.iter().map(|at| Column::Array(Arc::clone(&columns[*at]))).collect()
    }

    /// The table over these rows.
    fn built_of(&self, mut columns: Vec<ArrayRef>, rows: usize, mut memory: Reservation) -> Result<Built> {
        let keys = self.keys_of(&columns);
        let types = self.keys.iter().map(|key| key.data_type().clone()).collect();
        let table = JoinTable::build(types, self.nulls_match.clone(), &keys, rows, &mut memory)?;
        // Computed keys have done their work.
        columns.truncate(self.shape.held_types().len());
        let matched = match self.shape.marks_held() {
            true => Some(RowMarks::new(rows, &mut memory)?),
            false => None,
        };
        let held = Arc::new(Held { columns, rows, matched, _memory: memory });
        Ok(Built { held, table: Arc::new(table) })
    }

    /// The build is complete: scans on the probe side may leave out what has no partner.
    fn publish_filters(&self, keys: &[Column]) -> Result<()> {
        for source in &self.filters {
            let memory = self.query.memory.reserve(format!("runtime filter of {:?}", self.query.id));
            let key = self.keys.get(source.key).ok_or_else(|| internal!("a runtime filter over no key"))?;
            let filter = KeyFilter::of(&keys[source.key], key.data_type(), self.nulls_match[source.key], memory)?;
            self.query.filters.publish(source.id, Arc::new(filter));
        }
        Ok(())
    }
}

struct ProbeFactory {
    shape: Arc<JoinShape>,
    build: Arc<Build>,
    keys: Vec<ExprRef>,
    probe: Vec<ColumnId>,
    held: Vec<ColumnId>,
    filter: Option<ExprRef>,
}

impl ProbeFactory {
    fn operator(&self, built: &Built) -> Result<Probe<HashMatcher>> {
        let query = &self.build.query;
        let filter = self.filter.as_ref();
        let filter = filter.map(|filter| PairFilter::new(filter, &self.probe, &self.held, &query.eval)).transpose()?;
        // Where only existence counts and every pair counts, one partner is enough.
        let first_only = filter.is_none() && !self.shape.marks_held() && !self.shape.emits_pairs();
        let matcher = HashMatcher::new(&built.table, &self.keys, &self.probe, &query.eval, first_only)?;
        Ok(Probe::new(&self.shape, matcher, filter, Arc::clone(&built.held), query.batch_rows))
    }
}

struct Probes(Arc<ProbeFactory>);

impl OperatorFactory for Probes {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        let build = &self.0.build;
        if build.disk.is_used() {
            return Ok(Box::new(ProbeCutter::new(&build.disk)?));
        }
        let built = build.built.get().ok_or_else(|| internal!("a hash join is probed before it is built"))?;
        Ok(Box::new(self.0.operator(built)?))
    }
}
