package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.DatabaseErrors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {

    @TempDir
    Path directory;

    @Test
    void takesTheFirstLineAsOfNow() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), " sécret \r\nsomething else\n");
        PasswordFile password = new PasswordFile(file.toString());
        assertEquals(" sécret ", password.read());
        Files.writeString(file, "other");
        assertEquals("other", password.read());
    }

    @Test
    void keepsTheLastOneWhileThereIsNone() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "secret");
        PasswordFile password = new PasswordFile(file.toString());
        assertEquals("secret", password.read());
        for (String none : new String[] {"", "\nsecond line", "x".repeat(PasswordFile.MAX_BYTES + 1)}) {
            Files.writeString(file, none);
            assertEquals("secret", password.read());
        }
        Files.delete(file);
        assertEquals("secret", password.read());
        Files.writeString(file, "other");
        assertEquals("other", password.read());
    }

    @Test
    void isRefusedWhereThereNeverWasOne() {
        Path file = directory.resolve("password");
        PasswordFile password = new PasswordFile(file.toString());
        SQLException refused = assertThrows(SQLException.class, password::read);
        assertTrue(DatabaseErrors.isRefused(refused));
        BoundedDataSource source = new BoundedDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:1/none");
        source.setPasswordFile(file.toString());
        assertEquals(file.toString(), source.getPasswordFile());
        assertTrue(DatabaseErrors.isRefused(assertThrows(SQLException.class, source::getConnection)));
        source.setPasswordFile(" ");
        assertEquals("", source.getPasswordFile());
        assertFalse(DatabaseErrors.isRefused(assertThrows(SQLException.class, source::getConnection)));
    }
}
