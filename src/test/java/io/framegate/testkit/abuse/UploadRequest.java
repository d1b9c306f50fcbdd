package io.framegate.testkit.abuse;

import io.framegate.message.MaxPayload;
import io.framegate.message.Message;

/** Brings as much as a request of the protocol may have. */
@Message(190901)
@MaxPayload(104_857_598)
public record UploadRequest(byte[] bytes) {}
