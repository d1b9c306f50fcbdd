package io.framegate.guest;

import io.framegate.message.Message;

/**
 * What the thread knows.
 *
 * @param appName {@code java:app/AppName}
 * @param transactions whether {@code java:comp/TransactionSynchronizationRegistry} is found
 * @param classLoader whether the context class loader is the application's
 * @param thread its name
 */
@Message(560301)
public record ContextResponse(String appName, boolean transactions, boolean classLoader, String thread) {}
