package io.framegate.map.command;

import io.framegate.client.cli.AdminClient;
import io.framegate.client.cli.AdminCommand;
import io.framegate.client.cli.AdminException;
import io.framegate.client.cli.ExitCode;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has the server load a file as a data set, and waits for it, telling how far it is. */
@Command(
        name = "load",
        description =
                "Load an OpenStreetMap extract (PBF) as a data set. The server reads the file itself, so it must be"
                        + " on the server's machine; else send it with --upload.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example: framegate map load monaco.osm.pbf --name monaco"})
class LoadFileCommand extends AdminCommand {

    private static final long POLL_MILLIS = 200;
    private static final int POLLS_A_LINE = 5;

    @Parameters(paramLabel = "FILE")
    private Path file;

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "The data set's name.")
    private String name;

    @ArgGroup
    private @Nullable Mode mode;

    /** What becomes of a data set of that name; without, there must be none. */
    private static final class Mode {

        @Option(
                names = "--replace",
                required = true,
                description = "Take the place of a data set of that name, edits and all.")
        private boolean replace;

        @Option(
                names = "--update",
                required = true,
                description = "Change a data set of that name where the file differs: what is no longer in the file is"
                        + " deleted, what was edited here is kept and told, the rest keeps its versions.")
        private boolean update;
    }

    @Option(
            names = "--upload",
            description =
                    "Send the file to the server, where that cannot read it: in a container, or through a tunnel.")
    private boolean upload;

    /** The ends of the names of files that this command loads. */
    String endings() {
        return "pbf";
    }

    @Override
    protected final int run(AdminClient admin) throws AdminException {
        if (!file.toString().matches(".*\\.(" + endings() + ")")) {
            throw misunderstood("The file's name must end in ." + endings().replace("|", " or .") + ".");
        }
        if (!Files.isReadable(file)) {
            throw misunderstood("There is no file " + file + ".");
        }
        JsonObject status = upload ? send(admin) : begin(admin);
        int number = status.getInt("number");
        String phase = "";
        for (int poll = 1; status.getString("state").equals("running"); poll++) {
            if (poll % POLLS_A_LINE == 0 || !status.getString("phase").equals(phase)) {
                phase = status.getString("phase");
                spec().commandLine().getErr().println(words(status));
            }
            pause();
            status = admin.get("map/load");
            if (status.getInt("number") != number) {
                throw new AdminException(
                        ExitCode.NO_ANSWER, "Another load has begun since: see framegate map data-sets for this one.");
            }
        }
        if (status.getString("state").equals("failed")) {
            throw new AdminException(ExitCode.REFUSED, status.getString("words"));
        }
        PrintWriter out = spec().commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%s %s: %d links, %d nodes, %d polygons, %d polylines, %d turn rules, heights of %d buildings and %d"
                        + " lines in %.1f s.%n",
                status.containsKey("kept") ? "Updated" : "Loaded",
                name,
                status.getInt("links"),
                status.getInt("nodes"),
                status.getInt("polygons"),
                status.getInt("polylines"),
                status.getInt("turnRules"),
                status.getInt("buildings3d"),
                status.getInt("lines3d"),
                status.getInt("millis") / 1000.0);
        if (status.containsKey("kept")) {
            out.printf(
                    Locale.ROOT,
                    "%d added, %d changed, %d deleted; %d kept as edited here%s%n",
                    status.getInt("added"),
                    status.getInt("changed"),
                    status.getInt("deleted"),
                    status.getInt("kept"),
                    firstKept(status));
        }
        out.flush();
        return ExitCode.OK;
    }

    /** ": link 4711, node 12 and more." */
    private static String firstKept(JsonObject status) {
        List<JsonObject> kept = status.getJsonArray("firstKept").getValuesAs(JsonObject.class);
        if (kept.isEmpty()) {
            return ".";
        }
        return kept.stream()
                .map(one -> one.getString("kind").replace("pass_info", "turn rule") + " "
                        + one.getJsonNumber("id").longValue())
                .collect(Collectors.joining(", ", ": ", kept.size() < status.getInt("kept") ? " and more." : "."));
    }

    private JsonObject begin(AdminClient admin) throws AdminException {
        return admin.post(
                "map/load",
                Json.createObjectBuilder()
                        .add("file", file.toAbsolutePath().normalize().toString())
                        .add("name", name)
                        .add("replace", mode != null && mode.replace)
                        .add("update", mode != null && mode.update)
                        .build());
    }

    /** Sends the file, telling how far it is. */
    private JsonObject send(AdminClient admin) throws AdminException {
        CompletableFuture<HttpResponse<String>> answer;
        try {
            answer = admin.send(
                    "map/load/" + AdminClient.part(String.valueOf(file.getFileName())) + "?dataSet="
                            + AdminClient.part(name)
                            + (mode == null ? "" : mode.replace ? "&replace=true" : "&update=true"),
                    file);
        } catch (IOException e) {
            throw misunderstood("The file " + file + " cannot be read.");
        }
        for (int poll = 1; !answer.isDone(); poll++) {
            pause();
            if (poll % POLLS_A_LINE == 0 && !answer.isDone()) {
                JsonObject status = admin.get("map/load");
                if (status.getString("state").equals("running")) {
                    spec().commandLine().getErr().println(words(status));
                }
            }
        }
        return admin.received(answer);
    }

    private static String words(JsonObject status) {
        long done = status.getJsonNumber("done").longValue();
        long total = status.getJsonNumber("total").longValue();
        if (done == 0) {
            return status.getString("phase");
        }
        return String.format(
                Locale.ROOT,
                "%s: %d of %d %s, %d a second%s",
                status.getString("phase"),
                done,
                total,
                status.getString("unit"),
                status.getJsonNumber("perSecond").longValue(),
                status.containsKey("secondsLeft") ? ", " + status.getInt("secondsLeft") + " s left" : "");
    }

    private static void pause() throws AdminException {
        try {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AdminException(ExitCode.NO_ANSWER, "Interrupted; the server goes on loading.");
        }
    }
}
