package io.framegate.client;

import io.framegate.client.ClientException.Kind;
import io.framegate.codec.Codec;
import io.framegate.codec.WireReader;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import io.framegate.message.Thrown;
import io.framegate.wire.Envelope;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way and the promise of its answer.
 *
 * @param frame the request as it goes over the wire
 * @param answer the message that is expected; null for whatever comes, which is handed on as it came
 * @param reading what becomes of it
 * @param future fulfilled at most once; its owner may cancel it, and the answer is then discarded
 * @param deadlineNanos on the clock of {@link System#nanoTime()}
 */
record PendingCall<A>(
        byte[] frame, @Nullable Codec<?> answer, Reading<A> reading, CompletableFuture<A> future, long deadlineNanos) {

    /** Makes what was promised of an answer's payload. */
    @FunctionalInterface
    interface Reading<A> {

        /**
         * @param id of the message that came
         * @param payload expanded, where a certain message was expected; else the whole body
         * @param bodyBytes the body's size on the wire
         * @throws Refusal for a payload that cannot be read
         */
        A read(int id, Envelope.Payload payload, int bodyBytes);
    }

    static WireReader reader(int id, Envelope.Payload payload) {
        return new WireReader(id, payload.bytes(), payload.offset(), payload.length());
    }

    private static final Codec<ErrorResponse> ERROR = Codec.of(ErrorResponse.class);
    private static final Codec<ErrorResponseV2> TYPED_ERROR = Codec.of(ErrorResponseV2.class);

    /** Whether somebody still waits for the answer. */
    boolean isAwaited() {
        return !future.isDone();
    }

    void fail(ClientException why) {
        future.completeExceptionally(why);
    }

    /**
     * Fulfils the promise from a reply's body.
     *
     * @return false if the reply is of a kind that cannot answer this request
     */
    boolean answered(int id, byte[] body, Envelope envelope) {
        if (answer == null) {
            future.complete(reading.read(id, new Envelope.Payload(body, 0, body.length), body.length));
            return true;
        }
        boolean refused = id == ErrorResponse.ID || id == ErrorResponseV2.ID;
        if (!refused && id != answer.id()) {
            fail(new ClientException(
                    Kind.BAD_REPLY,
                    "The server answered with message " + id + " where " + answer.name() + " (" + answer.id()
                            + ") was expected."));
            return false;
        }
        if (!isAwaited()) {
            return true;
        }
        try {
            Envelope.Payload payload = envelope.open(body, 0, body.length);
            if (refused) {
                fail(refused(id, payload));
            } else {
                future.complete(reading.read(id, payload, body.length));
            }
        } catch (Refusal e) {
            fail(new ClientException(Kind.BAD_REPLY, "The server's answer cannot be read. " + e.sentence(), e));
        } catch (Throwable fault) {
            // Of this answer only: its record has failed, or there is no memory for it. Whoever waits must be told.
            fail(new ClientException(
                    Kind.BAD_REPLY, "The server's answer cannot be read: " + Thrown.text(fault) + ".", fault));
        }
        return true;
    }

    private static ClientException refused(int id, Envelope.Payload payload) {
        return id == ErrorResponseV2.ID
                ? new ClientException(TYPED_ERROR.decode(reader(id, payload)))
                : new ClientException(
                        Kind.REFUSED, ERROR.decode(reader(id, payload)).text());
    }

    /** The sentence of an error that came without a request, as from a server that has no room for a connection. */
    static String unsolicitedSentence(int id, byte[] body, Envelope envelope) {
        if (id != ErrorResponse.ID && id != ErrorResponseV2.ID) {
            return "The server sent message " + id + " without a request.";
        }
        try {
            Envelope.Payload payload = envelope.open(body, 0, body.length);
            return Objects.requireNonNull(refused(id, payload).getMessage());
        } catch (Refusal e) {
            return "The server sent an error that cannot be read. " + e.sentence();
        }
    }
}
