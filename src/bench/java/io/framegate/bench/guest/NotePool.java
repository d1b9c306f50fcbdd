package io.framegate.bench.guest;

import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.enterprise.context.ApplicationScoped;

/** As many connections to PostgreSQL as pgbench has. */
@ApplicationScoped
@DataSourceDefinition(
        name = NotePool.JNDI_NAME,
        className = "org.postgresql.ds.PGSimpleDataSource",
        url = "${MPCONFIG=framegate.database.url}",
        user = "${MPCONFIG=framegate.database.user}",
        minPoolSize = 1,
        maxPoolSize = 64,
        properties = {"reWriteBatchedInserts=true", "tcpKeepAlive=true", "fish.payara.match-connections=false"})
public class NotePool {

    /** Where it is found. */
    public static final String JNDI_NAME = "java:app/jdbc/notes";
}
