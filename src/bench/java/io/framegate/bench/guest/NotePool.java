package io.framegate.bench.guest;

import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * At most as many connections to PostgreSQL as pgbench has; a worker's thread takes one.
 *
 * <p>A read from a Java socket that has once had a time limit is three system calls where it waits, else one. So there is no limit
 * for connecting, nor for the answer whether PostgreSQL speaks TLS, which is not asked for. The limit for logging in is kept by
 * another thread.
 */
@ApplicationScoped
@DataSourceDefinition(
        name = NotePool.JNDI_NAME,
        className = "org.postgresql.ds.PGSimpleDataSource",
        url = "${MPCONFIG=framegate.database.url}",
        user = "${MPCONFIG=framegate.database.user}",
        minPoolSize = 1,
        maxPoolSize = 64,
        properties = {
            "reWriteBatchedInserts=true",
            "tcpKeepAlive=true",
            "connectTimeout=0",
            "sslMode=disable",
            "loginTimeout=5",
            "fish.payara.match-connections=false"
        })
public class NotePool {

    /** Where it is found. */
    public static final String JNDI_NAME = "java:app/jdbc/notes";
}
