package io.framegate.bench;

/**
 * Where a load goes.
 *
 * @param subject who is asked, for the words of an error
 * @param port on 127.0.0.1
 * @param requestId the id of the request with one int32
 * @param responseId the id of the response with one text
 */
record Target(String subject, int port, int requestId, int responseId) {}
