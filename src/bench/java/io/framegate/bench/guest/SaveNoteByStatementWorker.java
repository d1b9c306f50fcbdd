package io.framegate.bench.guest;

import io.framegate.message.BatchLimits;
import io.framegate.message.BatchWorker;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Stores rows in one transaction by one statement. */
@ApplicationScoped
@BatchLimits(atATime = 2)
public class SaveNoteByStatementWorker implements BatchWorker<SaveNoteByStatement, NoteByStatementSaved> {

    private static final String INSERT = "insert into bench_note (id, author, text)"
            + " select nextval('bench_note_id'), author, text from unnest(?, ?) as row (author, text) returning id";

    @Resource(lookup = NotePool.JNDI_NAME)
    private DataSource database;

    @Override
    @Transactional
    public List<NoteByStatementSaved> processAll(List<SaveNoteByStatement> requests) throws SQLException {
        List<NoteByStatementSaved> saved = new ArrayList<>();
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(
                    1,
                    connection.createArrayOf(
                            "integer",
                            requests.stream().map(SaveNoteByStatement::author).toArray()));
            insert.setArray(
                    2,
                    connection.createArrayOf(
                            "text",
                            requests.stream().map(SaveNoteByStatement::text).toArray()));
            try (ResultSet ids = insert.executeQuery()) {
                while (ids.next()) {
                    saved.add(new NoteByStatementSaved(ids.getLong(1)));
                }
            }
        }
        return saved;
    }
}
