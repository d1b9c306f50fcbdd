package io.framegate.dispatch;

import io.framegate.message.Refusal;
import io.framegate.session.Session;
import jakarta.annotation.security.DenyAll;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who may send one kind of request: what {@link RolesAllowed}, {@link DenyAll} and {@link PermitAll} on its worker and on
 * its record say. Where both say something, both hold.
 *
 * @param forAll {@code @PermitAll}: even a client that is unknown, where the server wants a login
 * @param forNobody {@code @DenyAll}
 * @param roles of each set, the client must have one
 */
record Access(boolean forAll, boolean forNobody, List<Set<String>> roles) {

    /** Where nothing is said. */
    static final Access UNRESTRICTED = new Access(false, false, List.of());

    static final Refusal LOGIN_FIRST = new Refusal(Refusal.Code.UNAUTHENTICATED, "Log in first.");
    private static final Refusal NOT_ALLOWED =
            new Refusal(Refusal.Code.FORBIDDEN, "Your account may not send this message.");

    static Access of(Class<?> worker, Class<?> request) {
        boolean forAll = Stream.of(worker, request).anyMatch(type -> type.isAnnotationPresent(PermitAll.class));
        boolean forNobody = Stream.of(worker, request).anyMatch(type -> type.isAnnotationPresent(DenyAll.class));
        List<Set<String>> roles = Stream.of(worker, request)
                .flatMap(type -> Stream.ofNullable(type.getAnnotation(RolesAllowed.class)))
                .map(allowed -> Set.copyOf(Arrays.asList(allowed.value())))
                .toList();
        return new Access(forAll, forNobody, roles);
    }

    /** Why this client may not; empty where it may. */
    Optional<Refusal> refusal(Session session) {
        if (forNobody) {
            return Optional.of(NOT_ALLOWED);
        }
        if (!forAll && session.isLoginMissing()) {
            return Optional.of(LOGIN_FIRST);
        }
        for (Set<String> one : roles) {
            if (one.stream().noneMatch(session::isInRole)) {
                return Optional.of(session.isKnown() ? NOT_ALLOWED : LOGIN_FIRST);
            }
        }
        return Optional.empty();
    }
}
