//! Where DataFrames begin: SQL, tables, ranges, batches, rows.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use firesteel_catalog::catalog::Entry;
use firesteel_catalog::{Catalog as _, Table};
use firesteel_common::{Result, Span, SqlType, error};
use firesteel_datasource::MemoryTable;
use firesteel_plan::parsed::{
    FunctionCall, Name, QueryBodyKind, Statement, StatementKind, TableAlias, TableFactor, TableFactorKind, Values,
};

use crate::column::Column;
use crate::column::value::IntoValue;
use crate::frame::block::{self, Block, Open};
use crate::frame::{self, BatchStream, DataFrame, Origin, names};
use crate::planning;
use crate::rows::schema::IntoRowSchema;
use crate::session::Session;

impl Session {
    /// A query as a DataFrame. Other statements run at once, and their result is the DataFrame.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// session.sql("CREATE TEMP VIEW t AS SELECT 1 AS a")?;
    /// assert_eq!(session.sql("SHOW TABLES")?.collect_rows::<(String, String, bool)>()?[0].1, "t");
    /// assert_eq!(session.sql("SELECT a FROM t")?.select(col("a") + 1)?.collect_rows::<i32>()?, [2]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn sql(&self, text: &str) -> Result<DataFrame> {
        self.sql_with_params(text, ())
    }

    /// The result of a statement of that text.
    pub(crate) fn frame_of_statement(&self, text: &str, statement: Statement) -> Result<DataFrame> {
        match statement.kind {
            StatementKind::Query(query) => {
                let origin = Origin { text: Some(Arc::from(text)), ..Origin::default() };
                DataFrame::checked(self, Block::Closed(query), Vec::new(), origin)
            }
            _ => self.frame_of_result(BatchStream::new(self.execute(&statement)?, false, true)),
        }
    }

    /// A table or view by name, or files by their path.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.create_or_replace_temp_view("t")?;
    /// assert_eq!(session.table("t")?.filter("t.id > 0")?.count()?, 2);
    /// let error = session.table("nowhere").unwrap_err();
    /// assert_eq!(error.condition().name, "TABLE_OR_VIEW_NOT_FOUND");
    /// # Ok(())
    /// # }
    /// ```
    pub fn table(&self, name: &str) -> Result<DataFrame> {
        let Some(parts) = crate::column::name_parts(name) else {
            return Err(error!(INVALID_ATTRIBUTE_NAME_SYNTAX, name = name));
        };
        let mut origin = Origin { name: parts.last().map(|part| part.value.clone()), ..Origin::default() };
        let values: Vec<String> = parts.iter().map(|part| part.value.clone()).collect();
        let query = match self.names().lookup(&values)? {
            // What a view says now: another view may take its name later, even one made from this frame.
            Some(Entry::View(view)) if view.columns.is_empty() => {
                let (query, tables) = planning::view(self.names(), &view.text)?;
                origin.tables = tables;
                query
            }
            _ => block::query(QueryBodyKind::Table(Name { span: Span::default(), parts })),
        };
        DataFrame::checked(self, Block::Closed(Box::new(query)), Vec::new(), origin)
    }

    /// The numbers of a range as the column `id`.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range(2..4)?.collect_rows::<i64>()?, [2, 3]);
    /// assert_eq!(session.range_by(0..10, 4)?.collect_rows::<i64>()?, [0, 4, 8]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn range(&self, numbers: Range<i64>) -> Result<DataFrame> {
        self.range_by(numbers, 1)
    }

    /// Every `step`th number of a range.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// assert_eq!(session.range_by(0..10, 4)?.collect_rows::<i64>()?, [0, 4, 8]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn range_by(&self, numbers: Range<i64>, step: i64) -> Result<DataFrame> {
        let arguments = [numbers.start, numbers.end, step].map(|bound| bound.into_value().expr);
        let call = FunctionCall::new(names::plain("range").into(), arguments.to_vec());
        let kind = TableFactorKind::Function { call: Box::new(call), lateral: false };
        self.leaf(TableFactor { span: Span::default(), kind, alias: None, sample: None })
    }

    /// `SELECT * FROM relation`.
    fn leaf(&self, relation: TableFactor) -> Result<DataFrame> {
        let query = Open::of(relation, Vec::new()).query();
        DataFrame::checked(self, Block::Closed(Box::new(query)), Vec::new(), Origin::default())
    }

    /// Rows of the program: tuples, arrays or Vecs of values. Columns are named (`["id", "name"]`), or typed as well
    /// (`"id INT, name STRING"`). For many rows batches are better: [`Session::from_batches`].
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.create_dataframe([(1, Some("Ann")), (2, None)], "id BIGINT, name STRING")?;
    /// let rows: Vec<(i64, Option<String>)> = frame.collect_rows()?;
    /// assert_eq!(rows, [(1, Some("Ann".to_owned())), (2, None)]);
    /// assert_eq!(session.create_dataframe([(1.5, true)], ["x", "y"])?.dtypes()[0].1, "double");
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_dataframe<R: IntoRow>(
        &self,
        rows: impl IntoIterator<Item = R>,
        schema: impl IntoRowSchema,
    ) -> Result<DataFrame> {
        let schema = schema.into_row_schema()?;
        let mut parsed = Vec::new();
        for row in rows {
            let mut row: Vec<Column> = row.into_row();
            if let Some(fault) = row.iter().find_map(|value| value.fault.clone()) {
                return Err(fault.error());
            }
            if let Some(types) = &schema.types
                && types.len() == row.len()
            {
                row = row.into_iter().zip(types).map(|(value, data_type)| value.cast(data_type.clone())).collect();
            }
            parsed.push(row.into_iter().map(|value| value.expr).collect());
        }
        if parsed.is_empty() {
            return self.no_rows(&schema.names, schema.types.as_deref());
        }
        let columns = schema.names.iter().map(|name| names::quoted(name.as_str())).collect();
        let alias = Some(TableAlias { name: names::quoted("rows"), columns });
        let kind = TableFactorKind::Values(Values { span: Span::default(), rows: parsed });
        self.leaf(TableFactor { span: Span::default(), kind, alias, sample: None })
    }

    /// VALUES must have rows; a table need not.
    fn no_rows(&self, names: &[String], types: Option<&[SqlType]>) -> Result<DataFrame> {
        let data_type = |at: usize| types.and_then(|types| types.get(at)).map_or(SqlType::Void, SqlType::clone);
        let field = |(at, name): (usize, &String)| arrow::datatypes::Field::new(name, data_type(at).to_arrow(), true);
        let fields: Vec<_> = names.iter().enumerate().map(field).collect();
        self.from_batches_of(Arc::new(Schema::new(fields)), Vec::new())
    }

    /// Record batches of one schema as a DataFrame; nothing is copied.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let ids: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    /// let frame = session.from_batches([RecordBatch::try_from_iter([("id", ids)])?])?;
    /// assert_eq!(frame.agg(functions::sum("id"))?.collect_rows::<i64>()?, [6]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_batches(&self, batches: impl IntoIterator<Item = RecordBatch>) -> Result<DataFrame> {
        let batches: Vec<_> = batches.into_iter().collect();
        let schema = batches.first().map_or_else(|| Arc::new(Schema::empty()), RecordBatch::schema);
        self.from_batches_of(schema, batches)
    }

    /// As [`Session::from_batches`], where there may be no batch to tell the schema.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// use std::sync::Arc;
    ///
    /// use arrow::datatypes::{DataType, Field, Schema};
    ///
    /// let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int32, true)]));
    /// assert_eq!(session.from_batches_of(schema, Vec::new())?.count()?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn from_batches_of(&self, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<DataFrame> {
        for field in schema.fields() {
            if SqlType::from_arrow(field.data_type()).is_none() {
                let data_type = field.data_type().to_string();
                return Err(error!(UNSUPPORTED_ARROWTYPE, typeName = data_type));
            }
        }
        let own = |batch: &RecordBatch| same_types(&batch.schema(), &schema);
        if let Some(other) = batches.iter().find(|batch| !own(batch)) {
            let (expected, actual) = (format!("{:?}", names_of(&schema)), format!("{:?}", names_of(&other.schema())));
            return Err(error!(MISMATCHED_BATCHES, expected = expected, actual = actual));
        }
        self.frame_of_table(MemoryTable::new(&schema, batches)?)
    }

    /// A DataFrame over a table that has no name.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// # let folder = std::env::temp_dir().join(format!("firesteel-anonymous-{}", std::process::id()));
    /// # let path = folder.to_string_lossy().into_owned();
    /// session.range(0..3)?.write().mode("overwrite").parquet(&path)?;
    /// let frame = session.frame_of_table(firesteel::FileSource::of_path(&path).open()?)?;
    /// assert_eq!(frame.count()?, 3);
    /// # let _ = std::fs::remove_dir_all(&folder);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn frame_of_table(&self, table: Arc<dyn Table>) -> Result<DataFrame> {
        let id = frame::next_id();
        let query = block::query(QueryBodyKind::Table(names::relation(names::table(id))));
        let tables = [(names::table(id), table)].into_iter().collect();
        let origin = Origin { tables, ..Origin::default() };
        DataFrame::checked_as(id, self, Block::Closed(Box::new(query)), Vec::new(), origin)
    }

    /// Fetches a result to its end.
    pub(crate) fn frame_of_result(&self, result: BatchStream) -> Result<DataFrame> {
        let (schema, types) = (Arc::clone(result.schema()), result.types());
        let batches = result.collect::<Result<Vec<_>>>()?;
        let frame = self.from_batches_of(schema, batches)?;
        let casts = |(at, data_type): (usize, &SqlType)| {
            let own = &frame.output()[at];
            let value = Column::new(firesteel_plan::parsed::ExprKind::Column(vec![names::quoted(own.name.as_str())]));
            (own.data_type != *data_type).then(|| (at, value.cast(data_type.clone())))
        };
        // What Arrow's types do not say: lengths of CHAR, fields of intervals.
        let casts: Vec<_> = types.iter().enumerate().filter_map(casts).collect();
        let replaced = casts.iter().map(|(at, cast)| (frame.output()[*at].name.as_str(), cast.clone()));
        if casts.is_empty() { Ok(frame.clone()) } else { frame.with_columns(replaced.collect::<Vec<_>>()) }
    }
}

fn same_types(left: &Schema, right: &Schema) -> bool {
    let types = |schema: &Schema| schema.fields().iter().map(|field| field.data_type().clone()).collect::<Vec<_>>();
    types(left) == types(right)
}

fn names_of(schema: &Schema) -> Vec<String> {
    schema.fields().iter().map(|field| format!("{}: {}", field.name(), field.data_type())).collect()
}

/// A row of values.
pub trait IntoRow {
    fn into_row(self) -> Vec<Column>;
}

impl<T: IntoValue> IntoRow for Vec<T> {
    fn into_row(self) -> Vec<Column> {
        self.into_iter().map(IntoValue::into_value).collect()
    }
}

impl<T: IntoValue, const N: usize> IntoRow for [T; N] {
    fn into_row(self) -> Vec<Column> {
        self.into_iter().map(IntoValue::into_value).collect()
    }
}

macro_rules! rows_of_tuples {
    ($($($name:ident)+),*) => {
        $(impl<$($name: IntoValue),+> IntoRow for ($($name,)+) {
            fn into_row(self) -> Vec<Column> {
                #[allow(non_snake_case)]
                let ($($name,)+) = self;
                vec![$($name.into_value()),+]
            }
        })*
    };
}

rows_of_tuples!(A, A B, A B C, A B C D, A B C D E, A B C D E F, A B C D E F G, A B C D E F G H);
