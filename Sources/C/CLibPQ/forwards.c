// libpq's functions, passed on to the library once it is loaded.
//
// libpq brings LDAP and Kerberos along, which take longer to load than all else of a start, and most runs speak to no
// database. So nothing is linked against it: it is loaded by name, by whoever is about to use it.

#include <dlfcn.h>

// Our definitions stay inside the program: libpq has its own.
#pragma GCC visibility push(hidden)
#include "shim.h"

void *lpq_load(void) {
    static void *library;
    void *known = __atomic_load_n(&library, __ATOMIC_ACQUIRE);
    if (!known) {
        known = dlopen("libpq.so.5", RTLD_LAZY);
        __atomic_store_n(&library, known, __ATOMIC_RELEASE);
    }
    return known;
}

static void *find(void **address, const char *name) {
    void *known = __atomic_load_n(address, __ATOMIC_ACQUIRE);
    if (!known) {
        known = dlsym(lpq_load(), name);
        __atomic_store_n(address, known, __ATOMIC_RELEASE);
    }
    return known;
}

#define FORWARD(type, name, parameters, arguments) \
    type name parameters { \
        static void *address; \
        return ((__typeof__(&name))find(&address, #name)) arguments; \
    }

// Settings.
FORWARD(PQconninfoOption *, PQconndefaults, (void), ())
FORWARD(PQconninfoOption *, PQconninfoParse, (const char *text, char **complaint), (text, complaint))
FORWARD(void, PQconninfoFree, (PQconninfoOption *options), (options))
FORWARD(void, PQfreemem, (void *memory), (memory))

// Connections.
FORWARD(
    PGconn *, PQconnectStartParams, (const char *const *names, const char *const *values, int expands),
    (names, values, expands))
FORWARD(PostgresPollingStatusType, PQconnectPoll, (PGconn *connection), (connection))
FORWARD(void, PQfinish, (PGconn *connection), (connection))
FORWARD(ConnStatusType, PQstatus, (const PGconn *connection), (connection))
FORWARD(PGTransactionStatusType, PQtransactionStatus, (const PGconn *connection), (connection))
FORWARD(const char *, PQparameterStatus, (const PGconn *connection, const char *name), (connection, name))
FORWARD(char *, PQerrorMessage, (const PGconn *connection), (connection))
FORWARD(int, PQsocket, (const PGconn *connection), (connection))
FORWARD(int, PQbackendPID, (const PGconn *connection), (connection))
FORWARD(int, PQsslInUse, (PGconn *connection), (connection))
FORWARD(int, PQsetnonblocking, (PGconn *connection, int value), (connection, value))
FORWARD(PGVerbosity, PQsetErrorVerbosity, (PGconn *connection, PGVerbosity value), (connection, value))
FORWARD(
    PQnoticeReceiver, PQsetNoticeReceiver, (PGconn *connection, PQnoticeReceiver receiver, void *owner),
    (connection, receiver, owner))
FORWARD(PGnotify *, PQnotifies, (PGconn *connection), (connection))
FORWARD(PGcancel *, PQgetCancel, (PGconn *connection), (connection))
FORWARD(int, PQcancel, (PGcancel *cancel, char *complaint, int length), (cancel, complaint, length))
FORWARD(void, PQfreeCancel, (PGcancel *cancel), (cancel))

// Sending.
FORWARD(int, PQsendQuery, (PGconn *connection, const char *text), (connection, text))
FORWARD(
    int, PQsendQueryParams,
    (PGconn *connection, const char *text, int count, const Oid *types, const char *const *values, const int *lengths,
     const int *formats, int format),
    (connection, text, count, types, values, lengths, formats, format))
FORWARD(
    int, PQsendPrepare, (PGconn *connection, const char *name, const char *text, int count, const Oid *types),
    (connection, name, text, count, types))
FORWARD(int, PQsendDescribePrepared, (PGconn *connection, const char *name), (connection, name))
FORWARD(
    int, PQsendQueryPrepared,
    (PGconn *connection, const char *name, int count, const char *const *values, const int *lengths,
     const int *formats, int format),
    (connection, name, count, values, lengths, formats, format))
FORWARD(int, PQsetSingleRowMode, (PGconn *connection), (connection))
FORWARD(int, PQflush, (PGconn *connection), (connection))
FORWARD(int, PQputCopyEnd, (PGconn *connection, const char *reason), (connection, reason))

// Receiving.
FORWARD(int, PQconsumeInput, (PGconn *connection), (connection))
FORWARD(int, PQisBusy, (PGconn *connection), (connection))
FORWARD(PGresult *, PQgetResult, (PGconn *connection), (connection))
FORWARD(int, PQgetCopyData, (PGconn *connection, char **buffer, int isAsync), (connection, buffer, isAsync))
FORWARD(ExecStatusType, PQresultStatus, (const PGresult *result), (result))
FORWARD(char *, PQresultErrorMessage, (const PGresult *result), (result))
FORWARD(char *, PQresultErrorField, (const PGresult *result, int field), (result, field))
FORWARD(size_t, PQresultMemorySize, (const PGresult *result), (result))
FORWARD(char *, PQcmdStatus, (PGresult *result), (result))
FORWARD(int, PQnfields, (const PGresult *result), (result))
FORWARD(char *, PQfname, (const PGresult *result, int column), (result, column))
FORWARD(Oid, PQftype, (const PGresult *result, int column), (result, column))
FORWARD(int, PQfmod, (const PGresult *result, int column), (result, column))
FORWARD(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column))
FORWARD(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column))
FORWARD(int, PQgetlength, (const PGresult *result, int row, int column), (result, row, column))
FORWARD(int, PQnparams, (const PGresult *result), (result))
FORWARD(Oid, PQparamtype, (const PGresult *result, int parameter), (result, parameter))
FORWARD(void, PQclear, (PGresult *result), (result))
