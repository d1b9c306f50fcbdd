package io.framegate.ops;

import io.framegate.config.AdminConfig;
import io.framegate.config.DynamicConfig;
import io.framegate.gate.GateStarted;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.security.enterprise.credential.Credential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStore;
import jakarta.security.enterprise.identitystore.Pbkdf2PasswordHash;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The one administrator of the configuration ({@code framegate.admin.*}). Where no password is configured, one is made at
 * the first start and told in the log, once: with {@code framegate.admin.password-file} its hash is kept there for the next
 * starts, without it every start makes another.
 */
@ApplicationScoped
public class AdminIdentityStore implements IdentityStore {

    private static final Logger LOG = System.getLogger(AdminIdentityStore.class.getName());

    private static final Map<String, String> HASHING =
            Map.of("Pbkdf2PasswordHash.Algorithm", "PBKDF2WithHmacSHA256", "Pbkdf2PasswordHash.Iterations", "120000");
    private static final int PASSWORD_BYTES = 15;

    @Inject
    private Pbkdf2PasswordHash hashes;

    @Inject
    private AdminSessions sessions;

    // Set when the gate has started.
    private volatile String hash = ""; // that no password has
    private volatile String user = "";
    private volatile Given given = new Given(Optional.empty(), Optional.empty());

    /** What the configuration says of the password. */
    private record Given(Optional<String> password, Optional<String> hash) {

        static Given of(AdminConfig admin) {
            return new Given(admin.password(), admin.passwordHash());
        }
    }

    /** For the container. */
    protected AdminIdentityStore() {}

    /** Finds or makes the password when the gate starts, and follows the configuration. */
    void started(@Observes GateStarted event) {
        hashes.initialize(HASHING);
        DynamicConfig live = event.instance().settings();
        AdminConfig admin = live.current().admin();
        user = admin.user();
        hash = configured(admin).or(() -> kept(admin)).orElseGet(() -> made(admin));
        given = Given.of(admin);
        live.follow(config -> changed(config.admin()));
    }

    private void changed(AdminConfig admin) {
        Given now = Given.of(admin);
        if (now.equals(given)) {
            return;
        }
        given = now;
        configured(admin).ifPresent(changed -> {
            hash = changed;
            sessions.passwordChanged();
        });
    }

    @Override
    public CredentialValidationResult validate(Credential credential) {
        if (!(credential instanceof UsernamePasswordCredential given)) {
            return CredentialValidationResult.NOT_VALIDATED_RESULT;
        }
        // The password first, and always: how long it takes must not tell whether the name is right.
        boolean right = !hash.isEmpty() && hashes.verify(given.getPassword().getValue(), hash);
        return right && user.equals(given.getCaller())
                ? new CredentialValidationResult(user, Set.of(AdminLogin.ADMIN))
                : CredentialValidationResult.INVALID_RESULT;
    }

    private Optional<String> configured(AdminConfig admin) {
        return admin.password()
                .map(password -> hashes.generate(password.toCharArray()))
                .or(admin::passwordHash);
    }

    private static Optional<String> kept(AdminConfig admin) {
        try {
            Optional<Path> file = admin.passwordFile().map(Path::of).filter(Files::isRegularFile);
            return file.isPresent()
                    ? Optional.of(Files.readString(file.get()).strip()).filter(kept -> !kept.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The file that framegate.admin.password-file names can't be read; let the server's account read it.",
                    e);
        }
    }

    private String made(AdminConfig admin) {
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().encodeToString(random);
        String made = hashes.generate(password.toCharArray());
        admin.passwordFile().map(Path::of).ifPresent(file -> keep(file, made));
        LOG.log(
                Level.INFO,
                "The console''s administrator is {0} with the password {1}; {2}",
                admin.user(),
                password,
                admin.passwordFile().isPresent()
                        ? "this is told only now"
                        : "the next start makes another, unless framegate.admin.password is set");
        return made;
    }

    private static void keep(Path file, String hash) {
        try {
            // Whole or not at all: half of it would be the hash of no password.
            Path made = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(made);
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        made, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(made, hash.getBytes(StandardCharsets.US_ASCII));
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The file that framegate.admin.password-file names can't be written; let the server's account write"
                            + " its directory.",
                    e);
        }
    }
}
