package io.framegate.client;

import io.framegate.codec.Codec;
import io.framegate.message.Refusal;
import io.framegate.wire.Envelope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** Who wants to be told of one kind of notice. */
record NoticeListener<N extends Record>(Codec<N> codec, Consumer<? super N> consumer) {

    private static final Logger LOG = System.getLogger(NoticeListener.class.getName());

    /** Tells of a notice that came. One that can't be read, and a listener that fails, cost the connection nothing. */
    void told(byte[] body, Envelope envelope) {
        try {
            consumer.accept(codec.decode(PendingCall.reader(codec.id(), envelope.open(body, 0, body.length))));
        } catch (Refusal e) {
            LOG.log(Level.WARNING, "A notice {0} cannot be read: {1}", codec.name(), e.sentence());
        } catch (Throwable e) {
            LOG.log(Level.WARNING, "A listener for the notice " + codec.name() + " has failed", e);
        }
    }
}
