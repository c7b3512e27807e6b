#pragma once
#include <postgresql/libpq-fe.h>

/// The handle of libpq, which is loaded here; null where the loader cannot have it, and dlerror(3) says why.
///
/// From any thread. Every other function of libpq wants this one to have succeeded.
void *lpq_load(void);

// The fields of an error are macros of character literals, which Swift does not import as Int32.
enum {
    lpq_severity = PG_DIAG_SEVERITY_NONLOCALIZED,
    lpq_sqlstate = PG_DIAG_SQLSTATE,
    lpq_message = PG_DIAG_MESSAGE_PRIMARY,
    lpq_detail = PG_DIAG_MESSAGE_DETAIL,
    lpq_hint = PG_DIAG_MESSAGE_HINT,
    lpq_position = PG_DIAG_STATEMENT_POSITION,
    lpq_internal_query = PG_DIAG_INTERNAL_QUERY,
    lpq_context = PG_DIAG_CONTEXT,
    lpq_schema = PG_DIAG_SCHEMA_NAME,
    lpq_table = PG_DIAG_TABLE_NAME,
    lpq_column = PG_DIAG_COLUMN_NAME,
    lpq_type = PG_DIAG_DATATYPE_NAME,
    lpq_constraint = PG_DIAG_CONSTRAINT_NAME,
};
