package io.framegate.ops;

import io.framegate.client.ClientException;
import io.framegate.client.FramegateClient;
import io.framegate.contract.Contract.Direction;
import io.framegate.contract.Contract.MessageType;
import io.framegate.contract.json.FrameJson;
import io.framegate.contract.json.JsonText;
import io.framegate.contract.json.MessageJson;
import io.framegate.message.OwnLogin;
import io.framegate.session.HelloRequest;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.StringReader;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Tries messages, for the page at {@code /try}: {@code /admin/try}.
 *
 * <pre>
 *  GET  /admin/try/MESSAGE     an example of a request, as JSON
 *  POST /admin/try/MESSAGE     its fields as JSON: sent to this gate's own port over a TCP connection of its own. The answer
 *                              has both frames: bytes, explained part by part, and as JSON. 400 for fields that can't be,
 *                              404 for no such request, 502 where no frame came back
 * </pre>
 *
 * What the gate refuses is an answer like any other.
 */
@Path("/try/{message}")
@RequestScoped
public class TryResource {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    private ServedContract contract;

    @Inject
    private FramegateClient.Builder client;

    @Inject
    private Supplier<Optional<OwnLogin>> ownLogin;

    /** An example. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "An example of a request, as JSON")
    public Response example(@PathParam("message") String name) {
        MessageType message = request(name);
        if (message == null) {
            return missing(name);
        }
        return Response.ok(MessageJson.example(contract.get(), message).toString())
                .build();
    }

    /** Sends one. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(summary = "Send a request to the TCP port; both frames come back, explained")
    public Response send(@PathParam("message") String name, String fields) {
        MessageType message = request(name);
        if (message == null) {
            return missing(name);
        }
        byte[] frame;
        try (JsonReader reader = JsonText.JSON.createReader(new StringReader(fields))) {
            frame = MessageJson.frame(contract.get(), message, reader.readObject());
        } catch (IllegalArgumentException e) {
            return ErrorBody.of(Response.Status.BAD_REQUEST.getStatusCode(), String.valueOf(e.getMessage()))
                    .build();
        } catch (JsonException e) {
            return ErrorBody.of(Response.Status.BAD_REQUEST.getStatusCode(), "The fields are an object of JSON.")
                    .build();
        }
        try (FramegateClient connection = client.requestTimeout(LIMIT).build()) {
            // As the page's reader has logged in here, not there. A hello is the first message or none.
            Optional<OwnLogin> login =
                    name.equals(HelloRequest.class.getSimpleName()) ? Optional.empty() : ownLogin.get();
            login.ifPresent(
                    own -> connection.sendForBytes(own.request(), own.answer()).join());
            long begun = System.nanoTime();
            byte[] reply = connection.exchange(frame).join();
            long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
            return Response.ok(JsonText.JSON
                            .createObjectBuilder()
                            .add("micros", micros)
                            .add("request", FrameJson.of(contract.get(), frame))
                            .add("reply", FrameJson.of(contract.get(), reply))
                            .build()
                            .toString())
                    .build();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ClientException no) {
                return ErrorBody.of(Response.Status.BAD_GATEWAY.getStatusCode(), String.valueOf(no.getMessage()))
                        .build();
            }
            throw e;
        }
    }

    private @Nullable MessageType request(String name) {
        return contract.get()
                .message(name)
                .filter(message -> message.direction() == Direction.REQUEST)
                .orElse(null);
    }

    private static Response missing(String name) {
        return ErrorBody.of(Response.Status.NOT_FOUND.getStatusCode(), "There is no request " + name + ".")
                .build();
    }
}
