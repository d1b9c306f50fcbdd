package io.framegate.guest;

import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.TransactionSynchronizationRegistry;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/** Looks around on the thread that it runs on. */
@ApplicationScoped
public class ContextWorker implements Worker<ContextRequest, ContextResponse> {

    @Override
    public ContextResponse process(ContextRequest request) throws NamingException, ClassNotFoundException {
        InitialContext naming = new InitialContext();
        Object registry = naming.lookup("java:comp/TransactionSynchronizationRegistry");
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return new ContextResponse(
                (String) naming.lookup("java:app/AppName"),
                registry instanceof TransactionSynchronizationRegistry,
                loader.loadClass(ContextRequest.class.getName()) == ContextRequest.class,
                Thread.currentThread().getName());
    }
}
