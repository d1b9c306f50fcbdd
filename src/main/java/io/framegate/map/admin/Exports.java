package io.framegate.map.admin;

import io.framegate.map.load.TemporaryFile;
import io.framegate.map.store.RecordExport;
import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Reads exports from the database into files, from which they are sent at their readers' pace.
 *
 * <p><b>Limits.</b> An export holds a connection to the database only while it is read into its file, at the database's own
 * pace, and {@value #READ_AT_A_TIME} are read at a time; one that has to wait longer than {@value #LONGEST_WAIT_SECONDS} s is
 * refused. {@value #BUFFER_BYTES} bytes of each are in memory. A reader that takes nothing keeps its file, which has no name
 * any more: it is gone with the reader, and with the process.
 */
@ApplicationScoped
public class Exports {

    private static final Logger LOG = System.getLogger(Exports.class.getName());
    private static final int READ_AT_A_TIME = 2;
    private static final int LONGEST_WAIT_SECONDS = 10;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Semaphore reading = new Semaphore(READ_AT_A_TIME, true);

    /** For the container. */
    protected Exports() {}

    /**
     * Reads an export to its end.
     *
     * @return the whole of it, which its receiver closes
     * @throws SQLException if the database fails
     * @throws Refusal with {@link Refusal.Code#UNAVAILABLE} where others are read for too long, or where the directory for
     *     temporary files has no room
     */
    public File read(RecordExport export) throws SQLException {
        if (!acquired()) {
            throw new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    READ_AT_A_TIME
                            + " other exports are read from the database, and no more at a time: try again later.");
        }
        try {
            return spooled(export);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "An export cannot be written to a temporary file: {0}", e.toString());
            throw new Refusal(
                    Refusal.Code.UNAVAILABLE,
                    "The export cannot be written to the server's directory for temporary files; is there room?");
        } finally {
            reading.release();
        }
    }

    private boolean acquired() {
        try {
            return reading.tryAcquire(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static File spooled(RecordExport export) throws IOException, SQLException {
        FileChannel channel = TemporaryFile.open(TemporaryFile.DIRECTORY, "framegate-export-");
        try {
            // Not closed: with it would be the file.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            export.writeTo(out);
            channel.position(0);
            return new File(channel, channel.size());
        } catch (IOException | SQLException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * An export that has been read.
     *
     * @param channel its content, from the beginning
     * @param bytes how many they are
     */
    public record File(FileChannel channel, long bytes) {

        /** Sends the whole, and closes it. */
        void sendTo(OutputStream stream) throws IOException {
            try (InputStream content = Channels.newInputStream(channel)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                    stream.write(buffer, 0, read);
                }
                stream.flush();
            }
        }
    }
}
