//! The table of error conditions: Spark's names, SQLSTATEs and parameter names where Spark has the condition
//! (`error-conditions.json`), ours below. `<parameter>` in a template is filled from the error's parameters.

/// A kind of error.
#[derive(Debug, PartialEq, Eq)]
pub struct Condition {
    /// `CLASS` or `CLASS.SUBCLASS`.
    pub name: &'static str,
    /// Five characters, or empty where Spark has none.
    pub sql_state: &'static str,
    pub template: &'static str,
}

macro_rules! conditions {
    ($($constant:ident = $name:literal, $sql_state:literal, $template:literal;)*) => {
        $(pub static $constant: Condition = Condition { name: $name, sql_state: $sql_state, template: $template };)*

        /// Every condition, for tests and documentation.
        pub static ALL: &[&Condition] = &[$(&$constant),*];
    };
}

conditions! {
    ALL_PARAMETERS_MUST_BE_NAMED = "ALL_PARAMETERS_MUST_BE_NAMED", "07001", "Using name parameterized queries requires all parameters to be named. Parameters missing names: <exprs>.";
    AMBIGUOUS_REFERENCE = "AMBIGUOUS_REFERENCE", "42704", "Reference <name> is ambiguous, could be: <referenceNames>.";
    ARITHMETIC_OVERFLOW = "ARITHMETIC_OVERFLOW", "22003", "<message>.<alternative> If necessary set <config> to \"false\" to bypass this error.";
    BINARY_ARITHMETIC_OVERFLOW = "BINARY_ARITHMETIC_OVERFLOW", "22003", "<value1> <symbol> <value2> caused overflow. Use <functionName> to ignore overflow problem and return NULL.";
    CANNOT_RESOLVE_DATAFRAME_COLUMN = "CANNOT_RESOLVE_DATAFRAME_COLUMN", "42704", "Cannot resolve dataframe column <name>. It's probably because of illegal references like `df1.select(df2.col(\"a\"))`.";
    CAST_INVALID_INPUT = "CAST_INVALID_INPUT", "22018", "The value <expression> of the type <sourceType> cannot be cast to <targetType> because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.";
    CAST_OVERFLOW = "CAST_OVERFLOW", "22003", "The value <value> of the type <sourceType> cannot be cast to <targetType> due to an overflow. Use `try_cast` to tolerate overflow and return NULL instead.";
    COLLECTION_SIZE_LIMIT_EXCEEDED = "COLLECTION_SIZE_LIMIT_EXCEEDED.FUNCTION", "54000", "Can't create array with <numberOfElements> elements which exceeding the array size limit <maxRoundedArrayLength>, unsuccessful try to create arrays in the function <functionName>.";
    DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES = "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: the left and right operands of the binary operator have incompatible types (<left> and <right>).";
    DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE = "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: the binary operator requires the input type <inputType>, not <actualDataType>.";
    DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION = "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType>.";
    DATATYPE_MISMATCH_DATA_DIFF_TYPES = "DATATYPE_MISMATCH.DATA_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: input to <functionName> should all be the same type, but it's <dataType>.";
    DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE = "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <paramIndex> parameter requires the <requiredType> type, however <inputSql> has the type <inputType>.";
    DATATYPE_MISMATCH_IN_SUBQUERY_LENGTH_MISMATCH = "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery. Left hand side columns(length: <leftLength>): [<leftColumns>], right hand side columns(length: <rightLength>): [<rightColumns>].";
    DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN = "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Filter expression <filter> of type <type> is not a boolean.";
    DATATYPE_MISMATCH_INVALID_ORDERING_TYPE = "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> does not support ordering on type <dataType>.";
    DATETIME_OVERFLOW = "DATETIME_OVERFLOW", "22008", "Datetime operation overflow: <operation>.";
    DIVIDE_BY_ZERO = "DIVIDE_BY_ZERO", "22012", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. If necessary set <config> to \"false\" to bypass this error.";
    FAILED_EXECUTE_UDF = "FAILED_EXECUTE_UDF", "39000", "User defined function (<functionName>: (<signature>) => <result>) failed due to: <reason>.";
    GROUP_BY_AGGREGATE = "GROUP_BY_AGGREGATE", "42903", "Aggregate functions are not allowed in GROUP BY, but found <sqlExpr>.";
    GROUP_BY_POS_AGGREGATE = "GROUP_BY_POS_AGGREGATE", "42903", "GROUP BY <index> refers to an expression <aggExpr> that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.";
    GROUP_BY_POS_OUT_OF_RANGE = "GROUP_BY_POS_OUT_OF_RANGE", "42805", "GROUP BY position <index> is not in select list (valid range is [1, <size>]).";
    INTERNAL_ERROR = "INTERNAL_ERROR", "XX000", "<message>";
    INTERVAL_ARITHMETIC_OVERFLOW = "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", "22015", "Integer overflow while operating with intervals.";
    INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION = "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "22015", "Integer overflow while operating with intervals. Use <functionName> to tolerate overflow and return NULL instead.";
    INTERVAL_DIVIDED_BY_ZERO = "INTERVAL_DIVIDED_BY_ZERO", "22012", "Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead.";
    INVALID_ATTRIBUTE_NAME_SYNTAX = "INVALID_ATTRIBUTE_NAME_SYNTAX", "42604", "Syntax error in the attribute name: <name>. Check that backticks appear in pairs, a quoted string is a complete name part and use a backtick only inside quoted name parts.";
    INVALID_AGGREGATE_FILTER_NOT_BOOLEAN = "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", "42903", "The FILTER expression <filterExpr> in an aggregate function is invalid. The expression is not a boolean.";
    INVALID_ESCAPE_CHAR = "INVALID_ESCAPE_CHAR", "42604", "`EscapeChar` should be a string literal of length one, but got <sqlExpr>.";
    INVALID_EXTRACT_FIELD = "INVALID_EXTRACT_FIELD", "42601", "Cannot extract <field> from <expr>.";
    INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION = "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION", "22006", "Cannot add an interval to a date because its microseconds part is not 0. To resolve this, cast the input date to a timestamp, which supports the addition of intervals with non-zero microseconds.";
    INVALID_LIMIT_DATA_TYPE = "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", "42K0E", "The limit like expression <expr> is invalid. The <name> expression must be integer type, but got <dataType>.";
    INVALID_LIMIT_IS_NEGATIVE = "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "42K0E", "The limit like expression <expr> is invalid. The <name> expression must be equal to or greater than 0, but got <v>.";
    INVALID_LIMIT_IS_NULL = "INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", "42K0E", "The limit like expression <expr> is invalid. The evaluated <name> expression must not be null.";
    INVALID_LIMIT_IS_UNFOLDABLE = "INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", "42K0E", "The limit like expression <expr> is invalid. The <name> expression must evaluate to a constant value.";
    INVALID_LIKE_PATTERN_ESC_AT_THE_END = "INVALID_FORMAT.ESC_AT_THE_END", "42601", "The format is invalid: <format>. The escape character is not allowed to end with.";
    INVALID_LIKE_PATTERN_ESC_IN_THE_MIDDLE = "INVALID_FORMAT.ESC_IN_THE_MIDDLE", "42601", "The format is invalid: <format>. The escape character is not allowed to precede <char>.";
    INVALID_PARAMETER_VALUE_PATTERN = "INVALID_PARAMETER_VALUE.PATTERN", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: <value>.";
    INVALID_SAVE_MODE = "INVALID_SAVE_MODE", "42000", "The specified save mode <mode> is invalid. Valid save modes include \"append\", \"overwrite\", \"ignore\", \"error\", \"errorifexists\", and \"default\".";
    INVALID_TYPED_LITERAL = "INVALID_TYPED_LITERAL", "42604", "The value of the typed literal <valueType> is invalid: <value>.";
    INVALID_WHERE_CONDITION = "INVALID_WHERE_CONDITION", "42903", "The WHERE condition <condition> contains invalid expressions: <expressionList>. Rewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.";
    MISSING_AGGREGATION = "MISSING_AGGREGATION", "42803", "The non-aggregating expression <expression> is based on columns which are not participating in the GROUP BY clause. Add the columns or the expression to the GROUP BY, aggregate the expression, or use <expressionAnyValue> if you do not care which of the values within a group is returned.";
    MISSING_GROUP_BY = "MISSING_GROUP_BY", "42803", "The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.";
    NESTED_AGGREGATE_FUNCTION = "NESTED_AGGREGATE_FUNCTION", "42607", "It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.";
    NUMERIC_OUT_OF_RANGE = "NUMERIC_OUT_OF_SUPPORTED_RANGE", "22003", "The value <value> cannot be interpreted as a numeric since it has more than 38 digits.";
    NUMERIC_LITERAL_OUT_OF_RANGE = "INVALID_NUMERIC_LITERAL_RANGE", "22003", "Numeric literal <rawStrippedQualifier> is outside the valid range for <typeName> with minimum value of <minValue> and maximum value of <maxValue>. Please adjust the value accordingly.";
    NUMERIC_VALUE_OUT_OF_RANGE = "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "22003", "The <value> cannot be represented as Decimal(<precision>, <scale>). If necessary set <config> to \"false\" to bypass this error, and return NULL instead.";
    DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION = "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "22003", "Decimal precision <precision> exceeds max precision <maxPrecision>.";
    ORDER_BY_POS_OUT_OF_RANGE = "ORDER_BY_POS_OUT_OF_RANGE", "42805", "ORDER BY position <index> is not in select list (valid range is [1, <size>]).";
    PARSE_EMPTY_STATEMENT = "PARSE_EMPTY_STATEMENT", "42617", "Syntax error, unexpected empty statement.";
    PARSE_SYNTAX_ERROR = "PARSE_SYNTAX_ERROR", "42601", "Syntax error at or near <error><hint>.";
    PATH_NOT_FOUND = "PATH_NOT_FOUND", "42K03", "Path does not exist: <path>.";
    REMAINDER_BY_ZERO = "REMAINDER_BY_ZERO", "22012", "Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead. If necessary set <config> to \"false\" to bypass this error.";
    REQUIRES_SINGLE_PART_NAMESPACE = "REQUIRES_SINGLE_PART_NAMESPACE", "42K05", "<sessionCatalog> requires a single-part namespace, but got identifier <identifier>.";
    ROUTINE_ALREADY_EXISTS = "ROUTINE_ALREADY_EXISTS", "42723", "Cannot create the routine <routineName> because a routine of that name already exists.";
    ROUTINE_NOT_FOUND = "UNRESOLVED_ROUTINE", "42883", "Cannot resolve routine <routineName> on search path <searchPath>.";
    DUPLICATE_ASSIGNMENTS = "DUPLICATE_ASSIGNMENTS", "42701", "The columns or variables <nameList> appear more than once as assignment targets.";
    DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE = "DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE", "42734", "Found duplicate variable <variableName> in the declare variable list. Please, remove one of them.";
    EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES = "EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES", "42701", "The USING clause of this EXECUTE IMMEDIATE command contained multiple arguments with same alias (<aliases>), which is invalid; please update the command to specify unique aliases and then try it again.";
    INVALID_DEFAULT_VALUE_SUBQUERY_EXPRESSION = "INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION", "42623", "Failed to execute <statement> command because the destination column or variable <colName> has a DEFAULT value <defaultValue>, which contains subquery expressions.";
    INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE = "INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE", "42K09", "Expression type must be string type but got <exprType>.";
    INVALID_QUERY_MIXED_QUERY_PARAMETERS = "INVALID_QUERY_MIXED_QUERY_PARAMETERS", "42613", "Parameterized query must either use positional, or named parameters, but not both.";
    INVALID_SET_SYNTAX = "INVALID_SET_SYNTAX", "42000", "Expected format is 'SET', 'SET key', or 'SET key=value'. If you want to include special characters in key, or include semicolon in value, please use backquotes, e.g., SET `key`=`value`.";
    INVALID_SQL_ARG = "INVALID_SQL_ARG", "42K08", "The argument <name> of `sql()` is invalid. Consider to replace it either by a SQL literal or by collection constructor functions such as `map()`, `array()`, `struct()`.";
    INVALID_STATEMENT_FOR_EXECUTE_INTO = "INVALID_STATEMENT_FOR_EXECUTE_INTO", "07501", "The INTO clause of EXECUTE IMMEDIATE is only valid for queries but the given statement is not a query: <sqlString>.";
    NOT_A_CONSTANT_STRING_NOT_CONSTANT = "NOT_A_CONSTANT_STRING.NOT_CONSTANT", "42601", "The expression <expr> used for the routine or clause <name> must be a constant STRING which is NOT NULL. To be considered constant the expression must not depend on any columns, contain a subquery, or invoke a non deterministic function such as rand().";
    NOT_A_CONSTANT_STRING_NULL = "NOT_A_CONSTANT_STRING.NULL", "42601", "The expression <expr> used for the routine or clause <name> must be a constant STRING which is NOT NULL. The expression evaluates to NULL.";
    NOT_A_CONSTANT_STRING_WRONG_TYPE = "NOT_A_CONSTANT_STRING.WRONG_TYPE", "42601", "The expression <expr> used for the routine or clause <name> must be a constant STRING which is NOT NULL. The data type of the expression is <dataType>.";
    NULL_QUERY_STRING_EXECUTE_IMMEDIATE = "NULL_QUERY_STRING_EXECUTE_IMMEDIATE", "22004", "Execute immediate requires a non-null variable as the query string, but the provided variable <varName> is null.";
    ROW_SUBQUERY_TOO_MANY_ROWS = "ROW_SUBQUERY_TOO_MANY_ROWS", "21000", "More than one row returned by a subquery used as a row.";
    SET_VARIABLE_USING_SET = "UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET", "0A000", "The feature is not supported: <variableName> is a VARIABLE and cannot be updated using the SET statement. Use SET VARIABLE <variableName> = ... instead.";
    UNBOUND_SQL_PARAMETER = "UNBOUND_SQL_PARAMETER", "42P02", "Found the unbound parameter: <name>. Please, fix `args` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as `map()`, `array()`, `struct()`.";
    UNRESOLVED_VARIABLE = "UNRESOLVED_VARIABLE", "42883", "Cannot resolve variable <variableName> on search path <searchPath>.";
    UNSUPPORTED_EXPR_FOR_OPERATOR = "UNSUPPORTED_EXPR_FOR_OPERATOR", "42K0E", "A query operator contains one or more unsupported expressions. Consider to rewrite it to avoid window functions, aggregate functions, and generator functions in the WHERE clause. Invalid expressions: [<invalidExprSqls>]";
    UNSUPPORTED_EXPR_FOR_PARAMETER = "UNSUPPORTED_EXPR_FOR_PARAMETER", "42K0E", "A query parameter contains unsupported expression. Parameters can either be variables or literals. Invalid expression: [<invalidExprSql>]";
    VARIABLE_ALREADY_EXISTS = "VARIABLE_ALREADY_EXISTS", "42723", "Cannot create the variable <variableName> because it already exists. Choose a different name, or drop or replace the existing variable.";
    VARIABLE_NOT_FOUND = "VARIABLE_NOT_FOUND", "42883", "The variable <variableName> cannot be found. Verify the spelling and correctness of the schema and catalog. If you did not qualify the name with a schema and catalog, verify the current_schema() output, or qualify the name with the correct schema and catalog. To tolerate the error on drop use DROP VARIABLE IF EXISTS.";
    VARIABLE_TYPE_OR_DEFAULT_REQUIRED = "INVALID_SQL_SYNTAX.VARIABLE_TYPE_OR_DEFAULT_REQUIRED", "42000", "Invalid SQL syntax: The definition of a SQL variable requires either a datatype or a DEFAULT clause. For example, use `DECLARE name STRING` or `DECLARE name = 'SQL'` instead of `DECLARE name`.";
    SQL_CONF_NOT_FOUND = "SQL_CONF_NOT_FOUND", "42K0I", "The SQL config <sqlConf> cannot be found. Please verify that the config exists.";
    TABLE_OR_VIEW_NOT_FOUND = "TABLE_OR_VIEW_NOT_FOUND", "42P01", "The table or view <relationName> cannot be found. Verify the spelling and correctness of the schema and catalog. If you did not qualify the name with a schema, verify the current_schema() output, or qualify the name with the correct schema and catalog. To tolerate the error on drop use DROP VIEW IF EXISTS or DROP TABLE IF EXISTS.";
    TEMP_TABLE_OR_VIEW_ALREADY_EXISTS = "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07", "Cannot create the temporary view <relationName> because it already exists. Choose a different name, drop or replace the existing view, or add the IF NOT EXISTS clause to tolerate pre-existing views.";
    DECIMAL_SCALE_EXCEEDS_PRECISION = "DECIMAL_SCALE_EXCEEDS_PRECISION", "22003", "The scale <scale> of a decimal must not exceed its precision <precision>.";
    EMPTY_IN_PREDICATE = "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", "42000", "Invalid SQL syntax: The IN predicate requires at least one value.";
    UNCLOSED_BRACKETED_COMMENT = "UNCLOSED_BRACKETED_COMMENT", "42601", "Found an unclosed bracketed comment. Please, append */ at the end of the comment.";
    COLUMN_NOT_FOUND = "COLUMN_NOT_FOUND", "42703", "The column <colName> cannot be found. Verify the spelling and correctness of the column name according to the SQL config <caseSensitiveConfig>.";
    UNRESOLVED_COLUMN_WITHOUT_SUGGESTION = "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "42703", "A column, variable, or function parameter with name <objectName> cannot be resolved.";
    UNRESOLVED_COLUMN_WITH_SUGGESTION = "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703", "A column, variable, or function parameter with name <objectName> cannot be resolved. Did you mean one of the following? [<proposal>].";
    UNSUPPORTED_ARROWTYPE = "UNSUPPORTED_ARROWTYPE", "0A000", "Unsupported arrow type <typeName>.";
    UNSUPPORTED_EXPR_FOR_WINDOW = "UNSUPPORTED_EXPR_FOR_WINDOW", "42P20", "Expression <sqlExpr> not supported within a window function.";
    UNSUPPORTED_JOIN_TYPE = "UNSUPPORTED_JOIN_TYPE", "0A000", "Unsupported join type '<typ>'. Supported join types include: <supported>.";
    UNSUPPORTED_TYPED_LITERAL = "UNSUPPORTED_TYPED_LITERAL", "0A000", "Literals of the type <unsupportedType> are not supported. Supported types are <supportedTypes>.";
    UNSUPPORTED_DATATYPE = "UNSUPPORTED_DATATYPE", "0A000", "Unsupported data type <typeName>.";
    WRONG_NUM_ARGS = "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "42605", "The <functionName> requires <expectedNum> parameters but the actual number is <actualNum>.";
    NUM_COLUMNS_MISMATCH = "NUM_COLUMNS_MISMATCH", "42826", "<operator> can only be performed on inputs with the same number of columns, but the first input has <firstNumColumns> columns and the <invalidOrdinalNum> input has <invalidNumColumns> columns.";
    INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH = "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "42000", "Invalid inline table. Inline table expected <expectedNumCols> columns but found <actualNumCols> columns in row <rowIndex>.";
    ASSIGNMENT_ARITY_MISMATCH = "ASSIGNMENT_ARITY_MISMATCH", "42802", "The number of columns or variables assigned or aliased: <numTarget> does not match the number of source expressions: <numExpr>.";
    UNSUPPORTED_FEATURE = "UNSUPPORTED_FEATURE", "0A000", "The feature is not supported: <feature>.";
    UNSUPPORTED_FEATURE_ANALYZE_UNSUPPORTED_COLUMN_TYPE = "UNSUPPORTED_FEATURE.ANALYZE_UNSUPPORTED_COLUMN_TYPE", "0A000", "The feature is not supported: The ANALYZE TABLE FOR COLUMNS command does not support the type <columnType> of the column <columnName> in the table <tableName>.";
    UNSUPPORTED_FEATURE_ANALYZE_VIEW = "UNSUPPORTED_FEATURE.ANALYZE_VIEW", "0A000", "The feature is not supported: The ANALYZE TABLE command does not support views.";
    INVALID_CONF_VALUE = "INVALID_CONF_VALUE.TYPE_MISMATCH", "22022", "The value '<confValue>' in the config \"<confName>\" is invalid. It should be a <confType> value.";
    AMBIGUOUS_LATERAL_COLUMN_ALIAS = "AMBIGUOUS_LATERAL_COLUMN_ALIAS", "42702", "Lateral column alias <name> is ambiguous and has <n> matches.";
    CANNOT_RESOLVE_STAR_EXPAND = "CANNOT_RESOLVE_STAR_EXPAND", "42704", "Cannot resolve <targetString>.* given input columns <columns>. Please check that the specified table or struct exists and is accessible in the input columns.";
    FIELD_NOT_FOUND = "FIELD_NOT_FOUND", "42704", "No such struct field <fieldName> in <fields>.";
    INCOMPATIBLE_COLUMN_TYPE = "INCOMPATIBLE_COLUMN_TYPE", "42825", "<operator> can only be performed on tables with compatible column types. The <columnOrdinalNumber> column of the <tableOrdinalNumber> table is <dataType1> type which is not compatible with <dataType2> at the same column of the first table.<hint>.";
    INVALID_EXTRACT_BASE_FIELD_TYPE = "INVALID_EXTRACT_BASE_FIELD_TYPE", "42000", "Can't extract a value from <base>. Need a complex type [STRUCT, ARRAY, MAP] but got <other>.";
    INVALID_INLINE_TABLE_CANNOT_EVALUATE = "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "42000", "Invalid inline table. Cannot evaluate the expression <expr> in inline table definition.";
    INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES = "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "42000", "Invalid inline table. Found incompatible types in the column <colName> for inline table.";
    INVALID_INTERVAL_FORMAT = "INVALID_INTERVAL_FORMAT.INVALID_VALUE", "22006", "Error parsing '<input>' to interval. Please ensure that the value provided is in a valid format for defining an interval. You can reference the documentation for the correct format. If the issue persists, please double check that the input value is not null or empty and try again. Expect interval numbers but got '<value>'.";
    JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE = "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "42K0E", "The join condition <joinCondition> has the invalid type <conditionType>, expected \"BOOLEAN\".";
    NON_FOLDABLE_ARGUMENT = "NON_FOLDABLE_ARGUMENT", "42K08", "The function <funcName> requires the parameter <paramName> to be a foldable expression of the type <paramType>, but the actual argument is a non-foldable.";
    UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED", "0A000", "Unsupported subquery expression: Accessing outer query column is not allowed in this location: <treeNode>";
    SCALAR_SUBQUERY_TOO_MANY_ROWS = "SCALAR_SUBQUERY_TOO_MANY_ROWS", "21000", "More than one row returned by a subquery used as an expression.";
    SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN = "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", "42823", "Invalid subquery: Scalar subquery must return only one column, but got <number>.";
    RECURSIVE_VIEW = "RECURSIVE_VIEW", "42K0H", "Recursive view <viewIdent> detected (cycle: <newPath>).";
    STAR_GROUP_BY_POS = "STAR_GROUP_BY_POS", "0A000", "Star (*) is not allowed in a select list when GROUP BY an ordinal position is used.";
    UNRESOLVED_ALL_IN_GROUP_BY = "UNRESOLVED_ALL_IN_GROUP_BY", "42803", "Cannot infer grouping columns for GROUP BY ALL based on the select clause. Please explicitly specify the grouping columns.";
    UNRESOLVED_USING_COLUMN_FOR_JOIN = "UNRESOLVED_USING_COLUMN_FOR_JOIN", "42703", "USING column <colName> cannot be resolved on the <side> side of the join. The <side>-side columns: [<suggestion>].";

    INVALID_INDEX_OF_ZERO = "INVALID_INDEX_OF_ZERO", "22003", "The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).";
    INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX = "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: Expects group index between 0 and <groupCount>, but got <groupIndex>.";
    VALUE_OUT_OF_RANGE_POSITION = "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <exprName> must be between <valueRange> (current value = <currentValue>).";
    DATATYPE_MISMATCH_NON_FOLDABLE_INPUT = "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: the input <inputName> should be a foldable <inputType> expression; however, got <inputExpr>.";
    DATETIME_FIELD_OUT_OF_BOUNDS = "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION", "22023", "<rangeMessage>.";
    CANNOT_PARSE_TIMESTAMP = "CANNOT_PARSE_TIMESTAMP", "22007", "<message>. Use <func> to tolerate invalid input string and return NULL instead.";
    ILLEGAL_DAY_OF_WEEK = "ILLEGAL_DAY_OF_WEEK", "22009", "Illegal input for day of week: <string>.";
    INVALID_DATETIME_PATTERN = "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER", "22007", "Unrecognized datetime pattern: <pattern>. Illegal pattern character found in datetime pattern: <c>. Please provide legal character.";
    INVALID_ARRAY_INDEX = "INVALID_ARRAY_INDEX", "22003", "The index <indexValue> is out of bounds. The array has <arraySize> elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.";
    NULL_MAP_KEY = "NULL_MAP_KEY", "2200E", "Cannot use null as map key.";
    DUPLICATED_MAP_KEY = "DUPLICATED_MAP_KEY", "23505", "Duplicate map key <key> was found, please check the input data. If you want to remove the duplicated keys, you can set <mapKeyDedupPolicy> to \"LAST_WIN\" so that the key inserted at last takes precedence.";
    DATATYPE_MISMATCH_CREATE_MAP_KEY_DIFF_TYPES = "DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The given keys of function <functionName> should all be the same type, but they are <dataType>.";
    DATATYPE_MISMATCH_CREATE_MAP_VALUE_DIFF_TYPES = "DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The given values of function <functionName> should all be the same type, but they are <dataType>.";
    DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE = "DATATYPE_MISMATCH.INVALID_MAP_KEY_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The key of map cannot be/contain <keyType>.";
    DATATYPE_MISMATCH_CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING = "DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Only foldable `STRING` expressions are allowed to appear at odd position, but they are <inputExprs>.";
    DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION = "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: cannot cast <srcType> to <targetType>. To convert values from <srcType> to <targetType>, you can use the functions <functionNames> instead.";
    INVALID_ARRAY_INDEX_IN_ELEMENT_AT = "INVALID_ARRAY_INDEX_IN_ELEMENT_AT", "22003", "The index <indexValue> is out of bounds. The array has <arraySize> elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.";
    DATATYPE_MISMATCH_STACK_COLUMN_DIFF_TYPES = "DATATYPE_MISMATCH.STACK_COLUMN_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The data type of the column (<columnIndex>) do not have the same type: <leftType> (<leftParamIndex>) <> <rightType> (<rightParamIndex>).";
    DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_BOTH_POSITIONAL_AND_NAMED = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED", "4274K", "Call to routine <routineName> is invalid because it includes multiple argument assignments to the same parameter name <parameterName>: a positional argument and named argument both referred to the same parameter. Please remove the named argument referring to this parameter.";
    DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT_DOUBLE_NAMED_ARGUMENT_REFERENCE = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE", "4274K", "Call to routine <routineName> is invalid because it includes multiple argument assignments to the same parameter name <parameterName>: more than one named argument referred to the same parameter. Please assign a value only once.";
    MULTI_ALIAS_WITHOUT_GENERATOR = "MULTI_ALIAS_WITHOUT_GENERATOR", "42K0E", "Multi part aliasing (<names>) is not supported with <expr> as it is not a generator function.";
    NAMED_PARAMETERS_NOT_SUPPORTED = "NAMED_PARAMETERS_NOT_SUPPORTED", "4274K", "Named parameters are not supported for function <functionName>; please retry the query with positional arguments to the function call instead.";
    NUM_TABLE_VALUE_ALIASES_MISMATCH = "NUM_TABLE_VALUE_ALIASES_MISMATCH", "42826", "Number of given aliases does not match number of output columns. Function name: <funcName>; number of aliases: <aliasesNum>; number of output columns: <outColsNum>.";
    REQUIRED_PARAMETER_NOT_FOUND = "REQUIRED_PARAMETER_NOT_FOUND", "4274K", "Cannot invoke routine <routineName> because the parameter named <parameterName> is required, but the routine call did not supply a value. Please update the routine call to supply an argument value (either positionally at index <index> or by name) and retry the query again.";
    AGGREGATE_EXPECTED_IN_PIVOT = "_LEGACY_ERROR_TEMP_1006", "42803", "Aggregate expression required for pivot, but '<sql>' did not appear in any aggregate function.";
    INCOMPARABLE_PIVOT_COLUMN = "INCOMPARABLE_PIVOT_COLUMN", "42818", "Invalid pivot column <columnName>. Pivot columns must be comparable.";
    NON_LITERAL_PIVOT_VALUES = "NON_LITERAL_PIVOT_VALUES", "42K08", "Literal expressions required for pivot values, found <expression>.";
    PIVOT_VALUE_DATA_TYPE_MISMATCH = "PIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09", "Invalid pivot value '<value>': value data type <valueType> does not match pivot column data type <pivotType>.";
    UNPIVOT_VALUE_DATA_TYPE_MISMATCH = "UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "42K09", "Unpivot value columns must share a least common type, some types do not: [<types>].";
    UNPIVOT_VALUE_SIZE_MISMATCH = "UNPIVOT_VALUE_SIZE_MISMATCH", "428C4", "All unpivot value columns must have the same size as there are value column names (<names>).";
    INVALID_RECURSIVE_CTE = "INVALID_RECURSIVE_CTE", "42836", "Invalid recursive definition found. Recursive queries must contain an UNION or an UNION ALL statement with 2 children. The first child needs to be the anchor term without any recursive references. Any top level inner CTE must not contain self references.";
    CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE = "CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "42825", "Failed to merge incompatible data types <left> and <right>. Please check the data types of the columns being merged and ensure that they are compatible. If necessary, consider casting the columns to compatible data types before attempting the merge.";
    INVALID_TABLESAMPLE_FRACTION = "INVALID_TABLESAMPLE_FRACTION", "22023", "Sampling fraction (<fraction>) must be on interval [0, 1].";
    EXCEPT_OVERLAPPING_COLUMNS = "EXCEPT_OVERLAPPING_COLUMNS", "42702", "Columns in an EXCEPT list must be distinct and non-overlapping, but got (<columns>).";
    INVALID_RECURSIVE_REFERENCE_PLACE = "INVALID_RECURSIVE_REFERENCE.PLACE", "42836", "Invalid recursive reference found inside WITH RECURSIVE clause. Recursive references cannot be used on the right side of left outer/semi/anti joins, on the left side of right outer joins, in full outer joins, in aggregates, and in subquery expressions.";
    RECURSION_LEVEL_LIMIT_EXCEEDED = "RECURSION_LEVEL_LIMIT_EXCEEDED", "42836", "Recursion level limit <levelLimit> reached but query has not exhausted, try increasing it like 'WITH RECURSIVE t(col) MAX RECURSION LEVEL 200'.";
    RECURSION_ROW_LIMIT_EXCEEDED = "RECURSION_ROW_LIMIT_EXCEEDED", "42836", "Recursion row limit <rowLimit> reached but query has not exhausted, try setting a larger LIMIT value when querying the CTE relation.";
    UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE = "UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", "42836", "The UNION operator is not yet supported within recursive common table expressions (WITH clauses that refer to themselves, directly or indirectly). Please use UNION ALL instead.";
    FAILED_FUNCTION_CALL = "FAILED_FUNCTION_CALL", "38000", "Failed preparing of the function <funcName> for call. Please, double check function's arguments.";
    UNSUPPORTED_FEATURE_SET_OPERATION_ON_MAP_TYPE = "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE", "0A000", "The feature is not supported: Cannot have MAP type columns in DataFrame which calls set operations (INTERSECT, EXCEPT, etc.), but the type of column <colName> is <dataType>.";
    UDTF_ALIAS_NUMBER_MISMATCH = "UDTF_ALIAS_NUMBER_MISMATCH", "42802", "The number of aliases supplied in the AS clause does not match the number of columns output by the UDTF. Expected <aliasesSize> aliases, but got <aliasesNames>. Please ensure that the number of aliases provided matches the number of columns output by the UDTF.";
    UNEXPECTED_POSITIONAL_ARGUMENT = "UNEXPECTED_POSITIONAL_ARGUMENT", "4274K", "Cannot invoke routine <routineName> because it contains positional argument(s) following the named argument assigned to <parameterName>; please rearrange them so the positional arguments come first and then retry the query again.";
    UNEXPECTED_INPUT_TYPE = "UNEXPECTED_INPUT_TYPE", "42K09", "Parameter <paramIndex> of function <functionName> requires the <requiredType> type, however <inputSql> has the type <inputType>.";
    UNRESOLVABLE_TABLE_VALUED_FUNCTION = "UNRESOLVABLE_TABLE_VALUED_FUNCTION", "42883", "Could not resolve <name> to a table-valued function. Please make sure that <name> is defined as a table-valued function and that all required parameters are provided correctly. If <name> is not defined, please create the table-valued function before using it. For more information about defining table-valued functions, please refer to the Apache Spark documentation.";
    UNRECOGNIZED_PARAMETER_NAME = "UNRECOGNIZED_PARAMETER_NAME", "4274K", "Cannot invoke routine <routineName> because the routine call included a named argument reference for the argument named <argumentName>, but this routine does not include any signature containing an argument with this name. Did you mean one of the following? [<proposal>].";
    UNSUPPORTED_GENERATOR_MULTI_GENERATOR = "UNSUPPORTED_GENERATOR.MULTI_GENERATOR", "42K0E", "The generator is not supported: only one generator allowed per SELECT clause but found <num>: <generators>.";
    UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS = "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "42K0E", "The generator is not supported: nested in expressions <expression>.";
    UNSUPPORTED_GENERATOR_NOT_GENERATOR = "UNSUPPORTED_GENERATOR.NOT_GENERATOR", "42K0E", "The generator is not supported: <functionName> is expected to be a generator. However, its class is <classCanonicalName>, which is not a generator.";
    UNSUPPORTED_GENERATOR_OUTSIDE_SELECT = "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", "42K0E", "The generator is not supported: outside the SELECT clause, found: <plan>.";
    CANNOT_SPECIFY_WINDOW_FRAME = "_LEGACY_ERROR_TEMP_1035", "", "Cannot specify window frame for <prettyName> function.";
    DISTINCT_WINDOW_FUNCTION_UNSUPPORTED = "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", "0A000", "Distinct window functions are not supported: <windowExpr>.";
    EXPRESSION_TYPE_IS_NOT_ORDERABLE = "EXPRESSION_TYPE_IS_NOT_ORDERABLE", "42822", "Column expression <expr> cannot be sorted because its type <exprType> is not orderable.";
    FUNCTION_WITH_UNSUPPORTED_SYNTAX = "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "42000", "Invalid SQL syntax: The function <prettyName> does not support <syntax>.";
    GROUPING_COLUMN_MISMATCH = "GROUPING_COLUMN_MISMATCH", "42803", "Column of grouping (<grouping>) can't be found in grouping columns <groupingColumns>.";
    GROUPING_ID_COLUMN_MISMATCH = "GROUPING_ID_COLUMN_MISMATCH", "42803", "Columns of grouping_id (<groupingIdColumn>) does not match grouping columns (<groupByColumns>).";
    GROUPING_SIZE_LIMIT_EXCEEDED = "GROUPING_SIZE_LIMIT_EXCEEDED", "54000", "Grouping sets size cannot be greater than <maxSize>.";
    INVALID_WINDOW_FRAME_BOUND = "INVALID_SQL_SYNTAX.INVALID_WINDOW_FRAME_BOUND", "42000", "Invalid SQL syntax: Frame bound value must be a literal.";
    INVALID_WINDOW_REFERENCE = "INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE", "42000", "Invalid SQL syntax: Window reference <windowName> is not a window specification.";
    LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC = "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC", "0A000", "The feature is not supported: Referencing a lateral column alias <lca> in the aggregate function <aggFunc>.";
    LATERAL_COLUMN_ALIAS_IN_WINDOW = "UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_WINDOW", "0A000", "The feature is not supported: Referencing a lateral column alias <lca> in window expression <windowExpr>.";
    MISSING_WINDOW_SPECIFICATION = "MISSING_WINDOW_SPECIFICATION", "42P20", "Window specification is not defined in the WINDOW clause for <windowName>. For more information about WINDOW clauses, please refer to '<docroot>/sql-ref-syntax-qry-select-window.html'.";
    QUALIFY_AGGREGATE_NOT_ALLOWED = "QUALIFY_AGGREGATE_NOT_ALLOWED", "42903", "Aggregate functions are not supported in QUALIFY: <aggregateExpr>.";
    QUALIFY_REQUIRES_WINDOW_FUNCTION = "QUALIFY_REQUIRES_WINDOW_FUNCTION", "42903", "The QUALIFY clause requires at least one window function in the current SELECT list or the QUALIFY condition.";
    RANGE_FRAME_INVALID_TYPE = "DATATYPE_MISMATCH.RANGE_FRAME_INVALID_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The data type <orderSpecType> used in the order specification does not support the data type <valueBoundaryType> which is used in the range frame.";
    RANGE_FRAME_MULTI_ORDER = "DATATYPE_MISMATCH.RANGE_FRAME_MULTI_ORDER", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: A range window frame with value boundaries cannot be used in a window specification with multiple order by expressions: <orderSpec>.";
    RANGE_FRAME_WITHOUT_ORDER = "DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: A range window frame cannot be used in an unordered window specification.";
    REPETITIVE_WINDOW_DEFINITION = "INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", "42000", "Invalid SQL syntax: The definition of window <windowName> is repetitive.";
    SPECIFIED_WINDOW_FRAME_DIFF_TYPES = "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Window frame bounds <lower> and <upper> do not have the same type: <lowerType> <> <upperType>.";
    SPECIFIED_WINDOW_FRAME_INVALID_BOUND = "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Window frame upper bound <upper> does not follow the lower bound <lower>.";
    SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE = "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The data type of the <location> bound <exprType> does not match the expected data type <expectedType>.";
    SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON = "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The lower bound of a window frame must be <comparison> to the upper bound.";
    UNRESOLVED_WINDOW_REFERENCE = "INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE", "42000", "Invalid SQL syntax: Cannot resolve window reference <windowName>.";
    UNSUPPORTED_GROUPING_EXPRESSION = "UNSUPPORTED_GROUPING_EXPRESSION", "42K0E", "grouping()/grouping_id() can only be used with GroupingSets/Cube/Rollup.";
    WINDOW_FRAME_NOT_REQUIRED = "_LEGACY_ERROR_TEMP_1036", "", "Window Frame <wf> must match the required frame <required>.";
    WINDOW_FUNCTION_FRAME_NOT_ORDERED = "WINDOW_FUNCTION_FRAME_NOT_ORDERED", "42601", "Window function <wf_name> requires the window to be ordered. You need to add an ORDER BY clause. For example: SELECT <wf_expr> OVER (PARTITION BY window_partition ORDER BY window_ordering) FROM table.";
    WINDOW_FUNCTION_IN_AGGREGATE = "_LEGACY_ERROR_TEMP_1031", "", "It is not allowed to use a window function inside an aggregate function. Please use the inner window function in a sub-query.";
    WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE = "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", "42601", "It is not allowed to use window functions inside <clauseName> clause.";
    WINDOW_FUNCTION_PARTITION_SIZE_EXCEEDS_LIMIT = "WINDOW_FUNCTION_PARTITION_SIZE_EXCEEDS_LIMIT", "54000", "Cannot evaluate the window function because the window partition has <numRows> rows, which exceeds the maximum of 2,147,483,647 (2^31 - 1) rows that at least one of its window functions supports per partition. Reduce the partition size, for example by adding more expressions to the PARTITION BY clause.";
    WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE = "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "42601", "Window function <funcName> requires an OVER clause.";
    DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE = "DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The input of <functionName> can't be <dataType> type data.";
    MISMATCH_WITH_DISTINCT_INPUT = "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT", "42K0K", "Invalid function <funcName> with WITHIN GROUP. The function is invoked with DISTINCT and WITHIN GROUP but expressions <funcArg> and <orderingExpr> do not match. The WITHIN GROUP ordering expression must be picked from the function inputs.";
    MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST = "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST", "42K0K", "Invalid function <funcName> with WITHIN GROUP. The function is invoked with DISTINCT and WITHIN GROUP, and the input of type <inputType> is cast to <castType>, which does not keep different values apart. Order by the cast expression, or leave DISTINCT out.";
    COLLECTION_SIZE_LIMIT_EXCEEDED_PARAMETER = "COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER", "54000", "Can't create array with <numberOfElements> elements which exceeding the array size limit <maxRoundedArrayLength>, the value of parameter(s) <parameter> in the function <functionName> is invalid.";
    DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES = "DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should have been <dataType> followed by a value with same element type, but it's [<leftType>, <rightType>].";
    DATATYPE_MISMATCH_BINARY_ARRAY_DIFF_TYPES = "DATATYPE_MISMATCH.BINARY_ARRAY_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Input to function <functionName> should have been two <arrayType> with same element type, but it's [<leftType>, <rightType>].";
    DATATYPE_MISMATCH_MAP_CONCAT_DIFF_TYPES = "DATATYPE_MISMATCH.MAP_CONCAT_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> should all be of type map, but it's <dataType>.";
    DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES = "DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Input to <functionName> should have been <dataType> followed by a value with same key type, but it's [<leftType>, <rightType>].";
    DATATYPE_MISMATCH_NULL_TYPE = "DATATYPE_MISMATCH.NULL_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Null typed values cannot be used as arguments of <functionName>.";
    DATATYPE_MISMATCH_SEQUENCE_WRONG_INPUT_TYPES = "DATATYPE_MISMATCH.SEQUENCE_WRONG_INPUT_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: <functionName> uses the wrong parameter type. The parameter type must conform to: 1. The start and stop expressions must resolve to the same type. 2. If start and stop expressions resolve to the <startType> type, then the step expression must resolve to the <stepType> type. 3. Otherwise, if start and stop expressions resolve to the <otherStartType> type, then the step expression must resolve to the same type.";
    INVALID_PARAMETER_VALUE_LENGTH = "INVALID_PARAMETER_VALUE.LENGTH", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: Expects `length` greater than or equal to 0, but got <length>.";
    INVALID_PARAMETER_VALUE_START = "INVALID_PARAMETER_VALUE.START", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: Expects a positive or a negative value for `start`, but got 0.";
    COMPARATOR_RETURNS_NULL = "COMPARATOR_RETURNS_NULL", "22004", "The comparator has returned a NULL for a comparison between two elements. It should return a positive integer for \"greater than\", 0 for \"equal\" and a negative integer for \"less than\".";
    DATATYPE_MISMATCH_MAP_ZIP_WITH_DIFF_TYPES = "DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Input to the <functionName> should have been two maps with compatible key types, but it's [<leftType>, <rightType>].";
    DATATYPE_MISMATCH_UNEXPECTED_RETURN_TYPE = "DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <functionName> requires return <expectedType> type, but the actual is <actualType> type.";
    INVALID_LAMBDA_FUNCTION_CALL_DUPLICATE_ARG_NAMES = "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES", "42K0D", "Invalid lambda function call. The lambda function has duplicate arguments <args>. Please, consider to rename the argument names or set <caseSensitiveConfig> to \"true\".";
    INVALID_LAMBDA_FUNCTION_CALL_NON_HIGHER_ORDER_FUNCTION = "INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", "42K0D", "Invalid lambda function call. A lambda function should only be used in a higher order function. However, its class is <class>, which is not a higher order function.";
    INVALID_LAMBDA_FUNCTION_CALL_NUM_ARGS_MISMATCH = "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", "42K0D", "Invalid lambda function call. A higher order function expects <expectedNumArgs> arguments, but got <actualNumArgs>.";
    DATATYPE_MISMATCH_NON_STRING_TYPE = "DATATYPE_MISMATCH.NON_STRING_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: All arguments of the function <funcName> must be strings.";
    DATATYPE_MISMATCH_INVALID_JSON_SCHEMA = "DATATYPE_MISMATCH.INVALID_JSON_SCHEMA", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Input schema <schema> must be a struct, an array, a map or a variant.";
    DATATYPE_MISMATCH_UNEXPECTED_NULL = "DATATYPE_MISMATCH.UNEXPECTED_NULL", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <exprName> must not be null.";
    INVALID_OPTIONS_NON_MAP_FUNCTION = "INVALID_OPTIONS.NON_MAP_FUNCTION", "42K06", "Invalid options: Must use the `map()` function for options.";
    INVALID_OPTIONS_NON_STRING_TYPE = "INVALID_OPTIONS.NON_STRING_TYPE", "42K06", "Invalid options: A type of keys and values in `map()` must be string, but got <mapType>.";
    INVALID_SCHEMA_NON_STRING_LITERAL = "INVALID_SCHEMA.NON_STRING_LITERAL", "42K07", "The input schema <inputSchema> is not a valid schema string. The input expression must be string literal and not null.";
    MALFORMED_RECORD_IN_PARSING = "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023", "Malformed records are detected in record parsing: <badRecord>. Parse Mode: <failFastMode>. To process malformed records as null result, try setting the option 'mode' as 'PERMISSIVE'.";
    PARSE_MODE_UNSUPPORTED = "PARSE_MODE_UNSUPPORTED", "42601", "The function <funcName> doesn't support the <mode> mode. Acceptable modes are PERMISSIVE and FAILFAST.";
    DATA_SOURCE_NOT_FOUND = "DATA_SOURCE_NOT_FOUND", "42K02", "Failed to find the data source: <provider>. Make sure the provider name is correct and the package is properly registered and compatible with your Spark version.";
    INVALID_EMPTY_LOCATION = "INVALID_EMPTY_LOCATION", "42K05", "The location name cannot be empty string, but `<location>` was given.";
    MALFORMED_RECORD_IN_SCHEMA_INFERENCE = "_LEGACY_ERROR_TEMP_2165", "22023", "Malformed records are detected in schema inference. Parse Mode: <failFastMode>.";
    CONFLICTING_PARTITION_COLUMN_NAMES = "CONFLICTING_PARTITION_COLUMN_NAMES", "KD009", "Conflicting partition column names detected: <distinctPartColLists>. For partitioned table directories, data files should only live in leaf directories. And directories at the same level should have the same partition column name.";
    UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE = "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "0A000", "The <format> datasource doesn't support a column of the type <columnType>.";
    ALL_PARTITION_COLUMNS_NOT_ALLOWED = "ALL_PARTITION_COLUMNS_NOT_ALLOWED", "KD005", "Cannot use all columns for partition columns.";
    CODEC_NOT_AVAILABLE = "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION", "56038", "The codec <codecName> is not available. Available codecs are <availableCodecs>.";
    COLUMN_ALREADY_EXISTS = "COLUMN_ALREADY_EXISTS", "42711", "The column <columnName> already exists. Choose another name or rename the existing column.";
    PATH_ALREADY_EXISTS = "PATH_ALREADY_EXISTS", "42K04", "Path <outputPath> already exists. Set mode as \"overwrite\" to overwrite the existing path.";
    DATATYPE_MISMATCH_HASH_MAP_TYPE = "DATATYPE_MISMATCH.HASH_MAP_TYPE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Input to the function <functionName> cannot contain elements of the \"MAP\" type. In Spark, same maps may have different hashcode, thus hash expressions are prohibited on \"MAP\" elements. To restore previous behavior set \"spark.sql.legacy.allowHashOnMapType\" to \"true\".";
    NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION = "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION", "22003", "Found the negative value in <frequencyExpression>: <negativeValue>, but expected a positive integral value.";
    INVALID_BITMAP_POSITION = "INVALID_BITMAP_POSITION", "22003", "The 0-indexed bitmap position <bitPosition> is out of bounds. The bitmap has <bitmapNumBits> bits (<bitmapNumBytes> bytes).";
    INVALID_REGEXP_REPLACE = "INVALID_REGEXP_REPLACE", "22023", "Could not perform regexp_replace for source = \"<source>\", pattern = \"<pattern>\", replacement = \"<replacement>\" and position = <position>.";
    MALFORMED_CHARACTER_CODING = "MALFORMED_CHARACTER_CODING", "22000", "Invalid value found when performing <function> with <charset>.";
    INVALID_PARAMETER_VALUE_CHARSET = "INVALID_PARAMETER_VALUE.CHARSET", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the <charsets>, but got <charset>.";
    INVALID_PARAMETER_VALUE_BINARY_FORMAT = "INVALID_PARAMETER_VALUE.BINARY_FORMAT", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of binary formats 'base64', 'hex', 'utf-8', but got <invalidFormat>.";
    CONVERSION_INVALID_INPUT = "CONVERSION_INVALID_INPUT", "22018", "The value <str> (<fmt>) cannot be converted to <targetType> because it is malformed. Correct the value as per the syntax, or change its format. Use <suggestion> to tolerate malformed input and return NULL instead.";
    INVALID_UTF8_STRING = "INVALID_UTF8_STRING", "22029", "Invalid UTF8 byte sequence found in string: <str>.";
    DATATYPE_MISMATCH_INPUT_SIZE_NOT_ONE = "DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: Length of <exprName> should be 1.";
    INVALID_URL = "INVALID_URL", "22P02", "The url is invalid: <url>. Use `try_parse_url` to tolerate invalid URL and return NULL instead.";
    CANNOT_DECODE_URL = "CANNOT_DECODE_URL", "22546", "The provided URL cannot be decoded: <url>. Please ensure that the URL is properly formatted and try again.";
    INVALID_FORMAT_STRING = "INVALID_PARAMETER_VALUE.FORMAT_STRING", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: <reason>.";
    INVALID_DATETIME_PATTERN_LENGTH = "INVALID_DATETIME_PATTERN.LENGTH", "22007", "Unrecognized datetime pattern: <pattern>. Too many letters in datetime pattern. Please reduce pattern length.";
    INVALID_DATETIME_PATTERN_WITH_SUGGESTION = "INVALID_DATETIME_PATTERN.WITH_SUGGESTION", "22007", "Unrecognized datetime pattern: <pattern>. You can form a valid datetime pattern with the guide from '<docroot>/sql-ref-datetime-pattern.html'.";
    DATETIME_PATTERN_RECOGNITION = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION", "42K0B", "You may get a different result due to the upgrading to Spark >= 3.0: Fail to recognize <pattern> pattern in the DateTimeFormatter. You can form a valid datetime pattern with the guide from '<docroot>/sql-ref-datetime-pattern.html'.";
    DATETIME_WEEK_BASED_PATTERN = "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", "42K0B", "You may get a different result due to the upgrading to Spark >= 3.0: All week-based patterns are unsupported since Spark 3.0, detected week-based character: <c>. Please use the SQL function EXTRACT instead.";
    INVALID_FRACTION_OF_SECOND = "INVALID_FRACTION_OF_SECOND", "22023", "Valid range for seconds is [0, 60] (inclusive), but the provided value is <secAndMicros>. To avoid this error, use `try_make_timestamp`, which returns NULL on error. If you do not want to use the session default timestamp version of this function, use `try_make_timestamp_ntz` or `try_make_timestamp_ltz`.";
    INVALID_TIMEZONE = "INVALID_TIMEZONE", "22009", "The timezone: <timeZone> is invalid. The timezone must be either a region-based zone ID or a zone offset. Region IDs must have the form 'area/city', such as 'America/Los_Angeles'. Zone offsets must be in the format '(+|-)HH', '(+|-)HH:mm' or '(+|-)HH:mm:ss', e.g '-08' , '+01:00' or '-13:33:33', and must be in the range from -18:00 to +18:00.";
    INVALID_PARAMETER_VALUE_DATETIME_UNIT = "INVALID_PARAMETER_VALUE.DATETIME_UNIT", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the units without quotes YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but got the string literal <invalidValue>.";
    INVALID_PARAMETER_VALUE_BUCKET = "INVALID_PARAMETER_VALUE.INTERVAL", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: the interval must be positive.";
    INVALID_PARAMETER_VALUE_BIT_POSITION_RANGE = "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: expects an integer value in [0, <upper>), but got <invalidValue>.";
    USER_RAISED_EXCEPTION = "USER_RAISED_EXCEPTION", "P0001", "<errorMessage>";
    INVALID_FORMAT_MISMATCH_INPUT = "INVALID_FORMAT.MISMATCH_INPUT", "42601", "The format is invalid: <format>. The input <inputType> <input> does not match the format.";
    INVALID_FORMAT_UNEXPECTED_TOKEN = "INVALID_FORMAT.UNEXPECTED_TOKEN", "42601", "The format is invalid: <format>. Found the unexpected <token> in the format string; the structure of the format string must match: `[MI|S]` `[$]` `[0|9|G|,]*` `[.|D]` `[0|9]*` `[$]` `[PR|MI|S]`.";
    INVALID_FORMAT_EMPTY = "INVALID_FORMAT.EMPTY", "42601", "The format is invalid: <format>. The number format string cannot be empty.";
    INVALID_FORMAT_WRONG_NUM_TOKEN = "INVALID_FORMAT.WRONG_NUM_TOKEN", "42601", "The format is invalid: <format>. The format string can have at most one <token>.";
    INVALID_FORMAT_WRONG_NUM_DIGIT = "INVALID_FORMAT.WRONG_NUM_DIGIT", "42601", "The format is invalid: <format>. The format string requires at least one number digit.";
    INVALID_FORMAT_CONT_THOUSANDS_SEPS = "INVALID_FORMAT.CONT_THOUSANDS_SEPS", "42601", "The format is invalid: <format>. Thousands separators (, or G) must have digits in between them in the number format.";
    INVALID_FORMAT_THOUSANDS_SEPS_MUST_BEFORE_DEC = "INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC", "42601", "The format is invalid: <format>. Thousands separators (, or G) may not appear after the decimal point in the number format.";
    INVALID_FORMAT_CUR_MUST_BEFORE_DIGIT = "INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT", "42601", "The format is invalid: <format>. Currency characters must appear before digits in the number format.";
    WITHIN_GROUP_DISTINCT_UNSUPPORTED = "INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED", "42K0K", "Invalid function <funcName> with WITHIN GROUP. The function does not support DISTINCT with WITHIN GROUP.";
    WITHIN_GROUP_MISSING = "INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING", "42K0K", "Invalid function <funcName> with WITHIN GROUP. WITHIN GROUP is required for the function.";
    WITHIN_GROUP_WRONG_NUM_ORDERINGS = "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS", "42K0K", "Invalid function <funcName> with WITHIN GROUP. The function requires <expectedNum> orderings in WITHIN GROUP but got <actualNum>.";
    DATATYPE_MISMATCH_INVALID_ARG_VALUE = "DATATYPE_MISMATCH.INVALID_ARG_VALUE", "42K09", "Cannot resolve <sqlExpr> due to data type mismatch: The <inputName> value must to be a <requireType> literal of <validValues>, but got <inputValue>.";
    INVALID_PARAMETER_VALUE_TIME_UNIT = "INVALID_PARAMETER_VALUE.TIME_UNIT", "22023", "The value of parameter(s) <parameter> in <functionName> is invalid: expects one of the units HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, but got <invalidValue>.";
    // Ours.
    ILLEGAL_SEQUENCE_BOUNDARIES = "ILLEGAL_SEQUENCE_BOUNDARIES", "22023", "Illegal sequence boundaries: <start> to <stop> by <step>.";
    SEQUENCE_STEP_NOT_OF_DAYS = "SEQUENCE_STEP_NOT_OF_DAYS", "22023", "The step of a sequence of dates must be of days or longer. Cast the dates to timestamps for shorter steps.";
    MAP_KEYS_AND_VALUES_DIFFER = "MAP_KEYS_AND_VALUES_DIFFER", "22023", "The array of keys has <keys> elements, the array of values has <values>. A map needs as many of one as of the other.";
    INVALID_FILE_OPTION = "INVALID_FILE_OPTION", "22023", "The option <option> cannot be '<value>': <reason>.";
    CANCELLED = "OPERATION_CANCELED", "HY008", "The query was cancelled.";
    UNABLE_TO_INFER_SCHEMA = "UNABLE_TO_INFER_SCHEMA", "42KD9", "Unable to infer schema for <format>. It must be specified manually.";
    PARQUET_TYPE_NOT_SUPPORTED = "PARQUET_TYPE_NOT_SUPPORTED", "42846", "Parquet type not yet supported: <parquetType>.";
    PARQUET_COLUMN_DATA_TYPE_MISMATCH = "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH", "KD001", "Error while reading file <path>. Data type mismatches when reading Parquet column <column>. Expected Spark type <expectedType>, actual Parquet type <actualType>.";
    CANNOT_WRITE_FILE = "CANNOT_WRITE_FILE", "58030", "Error while writing file <path>: <reason>.";
    CANNOT_DESERIALIZE = "CANNOT_DESERIALIZE", "22000", "Cannot read <what> as what was asked for: <reason>.";
    MISMATCHED_BATCHES = "MISMATCHED_BATCHES", "42K09", "All batches must have the same columns: <actual> instead of <expected>.";
    FAILED_CATALOG = "FAILED_CATALOG", "39000", "The catalog <catalog> failed: <reason>.";
    FAILED_OPTIMIZER_RULE = "FAILED_OPTIMIZER_RULE", "39000", "An optimizer rule of the session (<rules>) failed: <reason>.";
    FAILED_TABLE_SOURCE = "FAILED_TABLE_SOURCE", "39000", "The table source <table> failed: <reason>.";
    CANNOT_READ_FILE = "FAILED_READ_FILE.NO_HINT", "KD001", "Error while reading file <path>: <reason>.";
    MEMORY_LIMIT_EXCEEDED = "MEMORY_LIMIT_EXCEEDED", "53200", "The query needs more memory than the limit allows: <consumer> asked for <requested> bytes, <available> of <limit> are free. Largest holders: <holders>. Raise --memory-limit or lower the work at once.";
    SPILL_FAILED = "SPILL_FAILED", "58030", "Rows that memory does not hold could not be kept in <folder>: <reason>. A folder with more room can be set as firesteel.spill.directory.";
    STATEMENT_TOO_COMPLEX = "STATEMENT_TOO_COMPLEX", "54001", "The statement is too complex: <reason>.";
    TASK_PANICKED = "TASK_PANICKED", "XX000", "A task of this query failed unexpectedly: <message>. Other queries are not affected; please report this with the statement.";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn names_are_unique_and_states_have_five_characters() {
        for (at, condition) in ALL.iter().enumerate() {
            assert!(matches!(condition.sql_state.len(), 0 | 5), "{}", condition.name);
            assert!(ALL[at + 1..].iter().all(|other| other.name != condition.name), "{} twice", condition.name);
        }
    }
}
