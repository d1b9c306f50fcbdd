package io.framegate.server;

import io.framegate.dispatch.Routes;
import io.framegate.message.Worker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds the workers of the deployment: every bean with the type {@code Worker<Q, A>}, whatever package or jar it is in. */
public final class RouteDiscovery {

    private final BeanManager beans;

    /** @param beans those of the application whose workers are wanted */
    public RouteDiscovery(BeanManager beans) {
        this.beans = beans;
    }

    /**
     * All workers, ordered by name.
     *
     * @throws IllegalStateException for a bean that can't be a worker, saying why
     */
    public List<Routes.Found<?, ?>> find() {
        List<Bean<?>> sorted =
                new ArrayList<>(beans.getBeans(new TypeLiteral<Worker<?, ?>>() {}.getType(), Any.Literal.INSTANCE));
        sorted.sort(Comparator.comparing(bean -> bean.getBeanClass().getName()));
        List<Routes.Found<?, ?>> workers = new ArrayList<>();
        for (Bean<?> bean : sorted) {
            workers.add(found(bean));
        }
        return workers;
    }

    private Routes.Found<?, ?> found(Bean<?> bean) {
        String name = bean.getBeanClass().getName();
        if (bean.getScope() != ApplicationScoped.class) {
            throw new IllegalStateException("The worker " + name + " must be @ApplicationScoped: one bean serves all"
                    + " requests; it is @" + bean.getScope().getSimpleName() + ".");
        }
        for (Type type : bean.getTypes()) {
            if (type instanceof ParameterizedType parameterized && parameterized.getRawType() == Worker.class) {
                Type[] arguments = parameterized.getActualTypeArguments();
                if (arguments[0] instanceof Class<?> request && arguments[1] instanceof Class<?> answer) {
                    return Routes.Found.of(name, bean.getBeanClass(), instance(bean), request, answer);
                }
            }
        }
        throw Routes.Found.recordsUnknown(name);
    }

    /**
     * The bean itself, with its interceptors and decorators, but without the client proxy, which would look it up anew
     * for every request: an application-scoped bean is the same for as long as the gate lives.
     */
    private <T> T instance(Bean<T> bean) {
        return beans.getContext(ApplicationScoped.class).get(bean, beans.createCreationalContext(bean));
    }
}
