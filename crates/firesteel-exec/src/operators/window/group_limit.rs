//! Lets go of rows that have enough others before them in their partition.
//!
//! ```text
//! batches ──▶ pages + keys ──every so many rows──▶ sorted ──▶ the first rows of each partition
//!                  ▲───────────────── when they are few ──────────┘ └── when they are many, or all there are ──▶ on
//! ```
//! Each worker looks at its own rows, so that some come out which are among the first of no partition. Where most rows
//! stay, many go by unseen before it is tried again.

use std::ops::Range;
use std::sync::Arc;

use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::window::Ranking;
use firesteel_plan::Schema;
use firesteel_plan::physical::WindowGroupLimit;

use super::RUN_ROWS;
use super::layout::Layout;
use super::run::{Entry, Keys, RunBuilder};
use crate::contract::{Operator, OperatorFactory, WorkerId};
use crate::memory::Reservation;
use crate::pages::Slices;
use crate::query::QueryContext;

/// After a try in vain so many times the rows that were held go by; twice as many after the next.
const UNSEEN_MIN: usize = 4;

pub(crate) struct GroupLimitFactory {
    plan: WindowGroupLimit,
    input: Vec<ColumnId>,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    /// Rows are cut whenever they are so many.
    held_max: usize,
}

impl GroupLimitFactory {
    /// `input`: the columns of the child, which come out as they are.
    pub(crate) fn new(plan: &WindowGroupLimit, input: &Schema, query: &Arc<QueryContext>) -> Result<Self> {
        if !plan.ranking.counts_up() {
            return Err(internal!("the first rows by {:?}", plan.ranking));
        }
        Ok(Self {
            plan: plan.clone(),
            input: input.ids(),
            types: input.columns.iter().map(|column| column.data_type.clone()).collect(),
            query: Arc::clone(query),
            held_max: RUN_ROWS,
        })
    }
}

impl OperatorFactory for GroupLimitFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        let keys = Keys::new(&self.plan.partition_by, &self.plan.order_by, &self.input, &self.query.eval)?;
        Ok(Box::new(Machine {
            ranking: self.plan.ranking,
            count: usize::try_from(self.plan.count).unwrap_or(usize::MAX),
            keys,
            types: Arc::clone(&self.types),
            query: Arc::clone(&self.query),
            held_max: self.held_max,
            held: None,
            unseen: 0,
            unseen_next: self.held_max * UNSEEN_MIN,
            output: Output::Nothing,
        }))
    }
}

struct Machine {
    ranking: Ranking,
    count: usize,
    keys: Keys,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    held_max: usize,
    held: Option<RunBuilder>,
    /// So many rows go by before any is held again.
    unseen: usize,
    unseen_next: usize,
    output: Output,
}

enum Output {
    Nothing,
    AsItCame(Batch),
    Chosen(Slices),
}

impl Machine {
    fn hold(&mut self, batch: Batch) -> Result<()> {
        let held = self.held.get_or_insert_with(|| {
            let memory = self.query.memory.reserve(format!("WindowGroupLimit of {:?}", self.query.id));
            RunBuilder::new(&self.keys, Arc::clone(&self.types), memory)
        });
        let granted = held.add(&mut self.keys, batch)?;
        // Nobody needs this operator to hold anything.
        if !granted || !held.can_sort() {
            return self.let_go();
        }
        match held.rows() >= self.held_max {
            true => self.cut(),
            false => Ok(()),
        }
    }

    /// Only the first rows of each partition stay.
    fn cut(&mut self) -> Result<()> {
        let Some(held) = self.held.take() else { return Ok(()) };
        let rows = held.rows();
        let (first, memory) = self.first_rows(held)?;
        if first.rows() > rows / 2 {
            self.output = Output::Chosen(Slices::new(first, memory));
            self.look_away();
            return Ok(());
        }
        drop(memory);
        self.hold(first)
    }

    fn first_rows(&self, held: RunBuilder) -> Result<(Batch, Reservation)> {
        let run = held.sort()?;
        let layout = Layout::new(std::slice::from_ref(&run), &run.entries);
        let first = layout.partitions().map(|partition| self.first_of(&layout, partition));
        let first: Vec<Entry> = first.flat_map(|rows| run.entries[rows].iter().copied()).collect();
        run.only(&first)
    }

    fn first_of(&self, layout: &Layout<'_>, partition: Range<usize>) -> Range<usize> {
        if partition.len() <= self.count {
            return partition;
        }
        let (start, count) = (partition.start, self.count);
        let end = match self.ranking {
            Ranking::RowNumber => Some(start + count),
            Ranking::Rank => layout.peers(partition).take_while(|peers| peers.start - start < count).last().map(end_of),
            _ => layout.peers(partition).take(count).last().map(end_of),
        };
        start..end.unwrap_or(start)
    }

    /// All that is held goes on.
    fn let_go(&mut self) -> Result<()> {
        let Some(held) = self.held.take() else { return Ok(()) };
        let (columns, rows, memory) = held.into_columns_unasked()?;
        let batch = Batch::new(columns.into_iter().map(Column::Array).collect(), rows);
        self.output = Output::Chosen(Slices::new(batch, memory));
        self.look_away();
        Ok(())
    }

    fn look_away(&mut self) {
        self.unseen = self.unseen_next;
        self.unseen_next = self.unseen_next.saturating_mul(2);
    }
}

fn end_of(rows: Range<usize>) -> usize {
    rows.end
}

impl Operator for Machine {
    fn push(&mut self, input: Batch) -> Result<()> {
        if self.unseen == 0 {
            return self.hold(input);
        }
        self.unseen = self.unseen.saturating_sub(input.rows());
        self.output = Output::AsItCame(input);
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        match std::mem::replace(&mut self.output, Output::Nothing) {
            Output::Nothing => Ok(None),
            Output::AsItCame(batch) => Ok(Some(batch)),
            Output::Chosen(mut slices) => {
                let next = slices.next(self.query.batch_rows);
                if next.is_some() {
                    self.output = Output::Chosen(slices);
                }
                Ok(next)
            }
        }
    }

    fn finish(&mut self) -> Result<()> {
        let Some(held) = self.held.take_if(RunBuilder::can_sort) else { return self.let_go() };
        let (first, memory) = self.first_rows(held)?;
        self.output = Output::Chosen(Slices::new(first, memory));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    //! Against ranks counted one row at a time.

    use firesteel_plan::logical::SortKey;
    use proptest::prelude::*;

    use super::*;
    use crate::memory::MemoryPool;
    use crate::operators::by_hand::{
        Row, any_rows, batches, column, deal, query, row_text, row_types, rows as texts, schema, through,
    };

    fn factory(ranking: Ranking, count: u64, held_max: usize, query: &Arc<QueryContext>) -> Arc<dyn OperatorFactory> {
        let input = schema(0, &row_types());
        let order_by = vec![SortKey { expr: column(&input, 0), descending: false, nulls_first: true }];
        let plan = WindowGroupLimit { partition_by: vec![column(&input, 1)], order_by, ranking, count };
        Arc::new(GroupLimitFactory { held_max, ..GroupLimitFactory::new(&plan, &input, query).expect("a limit") })
    }

    /// The smallest number the row can have among these.
    fn number(row: &Row, rows: &[Row], ranking: Ranking) -> usize {
        let mut before: Vec<_> =
            rows.iter().filter(|other| other.1 == row.1 && other.0 < row.0).map(|row| row.0).collect();
        if ranking == Ranking::DenseRank {
            before.sort_unstable();
            before.dedup();
        }
        before.len() + 1
    }

    /// Every row that is wanted, and of those that tie for the last place as many as there is room for.
    fn check(rows: &[Row], output: &[Vec<String>], ranking: Ranking, count: usize) {
        let in_output = |row: &Row| output.iter().filter(|text| **text == row_text(row)).count();
        for row in rows {
            let same = rows.iter().filter(|other| row_text(other) == row_text(row)).count();
            let found = in_output(row);
            assert!(found <= same, "{row:?} comes {found} times, not {same}");
            let peers = rows.iter().filter(|other| other.1 == row.1 && other.0 == row.0);
            let number = number(row, rows, ranking);
            match ranking {
                Ranking::RowNumber if number <= count => {
                    let room = (count + 1 - number).min(peers.clone().count());
                    let mut kinds: Vec<_> = peers.map(row_text).collect();
                    kinds.sort();
                    kinds.dedup();
                    let kept = output.iter().filter(|text| kinds.contains(text)).count();
                    assert!(kept >= room, "{kept} rows like {row:?}, not {room}");
                }
                _ => assert!(number > count || found == same, "{row:?} comes {found} times, not {same}"),
            }
        }
    }

    proptest! {
        #[test]
        fn the_first_rows_stay(rows in any_rows(80), count in 1u64..5, workers in 1usize..3, held_max in 1usize..30) {
            for ranking in [Ranking::RowNumber, Ranking::Rank, Ranking::DenseRank] {
                let query = query(7);
                let operator = factory(ranking, count, held_max, &query);
                let output = through(&operator, deal(batches(&rows, 5), workers));
                check(&rows, &texts(&output, 4), ranking, count as usize);
                prop_assert_eq!(query.memory.used(), 0);
            }
        }
    }

    #[test]
    fn the_others_do_not() {
        let rows: Vec<Row> = (0..1000).map(|at| (Some(at), Some("a"), None, i64::from(at))).collect();
        let operator = factory(Ranking::Rank, 3, 100, &query(1000));
        let output = texts(&through(&operator, deal(batches(&rows, 50), 1)), 4);
        assert_eq!(output, rows[..3].iter().map(row_text).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_held_where_memory_is_refused() {
        let rows: Vec<Row> = (0..1000).map(|at| (Some(at), Some("a"), None, i64::from(at))).collect();
        let memory = MemoryPool::new(6000);
        let query = Arc::new(QueryContext::new(Arc::default(), memory, 1).with_batch_rows(100));
        let output = texts(&through(&factory(Ranking::Rank, 3, 500, &query), deal(batches(&rows, 50), 1)), 4);
        check(&rows, &output, Ranking::Rank, 3);
        assert!(output.len() > 100, "{} rows", output.len());
        assert_eq!(query.memory.used(), 0);
    }
}
