package io.framegate.map.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ScriptedServer;
import io.framegate.client.cli.CommandRun;
import io.framegate.client.cli.ExitCode;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.LoadChangesSince;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ChangesCommandTest {

    private static final int NOBODY = 1;

    @Test
    void printsAllChanges() throws Exception {
        List<LoadChangesSince> asked = Collections.synchronizedList(new ArrayList<>());
        Change first = new Change(8, 0, "Ada", ElementKind.LINK, 4096, 2, Operation.CHANGED, new byte[] {1});
        Change second =
                new Change(9, 1000, "evil\u001B[31m", ElementKind.POLYGON, 7, 1, Operation.DELETED, new byte[] {1});
        CommandRun run;
        try (ScriptedServer server = ScriptedServer.start(conversation -> {
            asked.add(conversation.read().as(LoadChangesSince.class));
            conversation.write(new Changes(1, 8, false, List.of(first)));
            asked.add(conversation.read().as(LoadChangesSince.class));
            conversation.write(new Changes(1, 12, true, List.of(second)));
        })) {
            run = CommandRun.of(server.port(), "changes", "--since", "7", "--data-set", "monaco");
        }
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertEquals(
                List.of(
                        new LoadChangesSince("monaco", 7, 0, List.of()),
                        new LoadChangesSince("monaco", 8, 0, List.of())),
                asked);
        List<String> lines = run.out().lines().toList();
        assertEquals(
                List.of(
                        "8  1970-01-01T00:00:00Z  changed link 4096 version 2  by Ada",
                        "9  1970-01-01T00:00:01Z  deleted polygon 7 version 1  by evil\uFFFD[31m"),
                lines);
        assertTrue(run.err().contains("2 changes; go on with --since 12."), run.err());
    }

    @Test
    void saysThatFollowersHaveToBeginAnew() throws Exception {
        Change first = new Change(8, 0, "Ada", ElementKind.LINK, 4096, 2, Operation.CHANGED, new byte[] {1});
        CommandRun lost;
        CommandRun another;
        try (ScriptedServer server = ScriptedServer.start(conversation -> {
            conversation.read();
            conversation.write(new Changes(Changes.NO_LOAD, 5, true, List.of()));
        })) {
            lost = CommandRun.of(server.port(), "changes", "--since", "7");
        }
        try (ScriptedServer server = ScriptedServer.start(conversation -> {
            conversation.read();
            conversation.write(new Changes(1, 8, false, List.of(first)));
            conversation.read();
            conversation.write(new Changes(-77, 12, true, List.of(first)));
        })) {
            another = CommandRun.of(server.port(), "changes", "--since", "7");
        }
        assertEquals(ExitCode.REFUSED, lost.exitCode());
        assertEquals("", lost.out());
        assertTrue(lost.err().contains("One cannot go on from 7") && lost.err().contains("--since 0"), lost.err());
        assertEquals(ExitCode.REFUSED, another.exitCode());
        assertEquals(1, another.out().lines().count());
        assertTrue(another.err().contains("One cannot go on from 8"), another.err());
    }

    @Test
    void refusesANumberThatIsNone() {
        assertEquals(
                ExitCode.USAGE,
                CommandRun.of(NOBODY, "changes", "--since", "-1").exitCode());
    }
}
