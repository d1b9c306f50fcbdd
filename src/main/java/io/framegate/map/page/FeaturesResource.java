package io.framegate.map.page;

import io.framegate.client.ClientException;
import io.framegate.client.EncodedResponse;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.message.Refusal;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.concurrent.TimeUnit;

/**
 * What the TCP port answers for an area: {@code GET /admin/map/features/KIND?area=W,S,E,N&level=N}.
 *
 * <pre>
 *  KIND   links, nodes, polygons, polylines, turns, buildings3d or heights
 *  area   edges in degrees, WGS 84
 *  level  the load type: 0 everything, else a zoom level
 * </pre>
 *
 * The answer is the payload of the message that came, byte for byte, with
 *
 * <pre>
 *  Framegate-Message-Id       its id: 500501 for links
 *  Framegate-Frame-Bytes      the size of its frame on the wire, compressed if it was
 *  Framegate-Answer-Micros    microseconds from the request's departure to the whole answer, by the client's clock
 * </pre>
 *
 * Where there is none, a sentence as text: 400 for an area or a kind that cannot be asked for, 422 when the server said
 * no, 503 or 504 when it could not be reached or did not answer in time.
 */
@Path("/map/features")
@RequestScoped
public class FeaturesResource {

    static final String MESSAGE_ID = "Framegate-Message-Id";
    static final String FRAME_BYTES = "Framegate-Frame-Bytes";
    static final String ANSWER_MICROS = "Framegate-Answer-Micros";

    private static final int UNPROCESSABLE = 422;
    private static final int EDGES = 4;

    @Inject
    private GateClient gate;

    /** What the class describes. */
    @GET
    @PermitAll
    @Path("/{kind}")
    public Response features(
            @PathParam("kind") String kind,
            @QueryParam("area") @DefaultValue("") String area,
            @QueryParam("level") @DefaultValue("0") String level) {
        try {
            PageKind found = PageKind.of(kind)
                    .orElseThrow(
                            () -> invalid(
                                    "There are links, nodes, polygons, polylines, turns, buildings3d and heights, nothing else."));
            Record request = found.request(area(area, level));
            long begun = System.nanoTime();
            EncodedResponse answer = gate.ask(request, found.answer());
            long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - begun);
            return Response.ok(answer.payload(), MediaType.APPLICATION_OCTET_STREAM_TYPE)
                    .header(MESSAGE_ID, answer.id())
                    .header(FRAME_BYTES, answer.frameBytes())
                    .header(ANSWER_MICROS, micros)
                    .header(HttpHeaders.CACHE_CONTROL, "no-store")
                    .build();
        } catch (Refusal e) {
            return sentence(Response.Status.BAD_REQUEST.getStatusCode(), e.sentence());
        } catch (ClientException e) {
            return sentence(status(e.kind()), String.valueOf(e.getMessage()));
        }
    }

    private static Area area(String area, String level) {
        String[] edges = area.split(",", -1);
        try {
            if (edges.length == EDGES) {
                return new Area(
                        Ellipsoid.WGS84,
                        Integer.parseInt(level),
                        Double.parseDouble(edges[0]),
                        Double.parseDouble(edges[1]),
                        Double.parseDouble(edges[2]),
                        Double.parseDouble(edges[3]));
            }
        } catch (NumberFormatException e) {
            // Said below, as for any other text that is not these numbers.
        }
        throw invalid("An area is four numbers, west,south,east,north in degrees, and its level is a whole number.");
    }

    private static Refusal invalid(String sentence) {
        return new Refusal(Refusal.Code.INVALID, sentence);
    }

    private static int status(ClientException.Kind kind) {
        return switch (kind) {
            case REFUSED -> UNPROCESSABLE;
            case TIMED_OUT -> Response.Status.GATEWAY_TIMEOUT.getStatusCode();
            case BAD_REPLY -> Response.Status.BAD_GATEWAY.getStatusCode();
            case NOT_SENT, CONNECTION_LOST, CLOSED -> Response.Status.SERVICE_UNAVAILABLE.getStatusCode();
        };
    }

    private static Response sentence(int status, String text) {
        return Response.status(status)
                .type(MediaType.TEXT_PLAIN_TYPE.withCharset("UTF-8"))
                .entity(text)
                .build();
    }
}
