package io.framegate.ops;

import io.framegate.contract.Contract;
import io.framegate.contract.ContractReader;
import io.framegate.dispatch.Routes;
import io.framegate.gate.GateInstance;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The contract of this gate, guests' messages included. */
@ApplicationScoped
public class ServedContract {

    @Inject
    private GateInstance instance;

    // Made with the first request, from routes that do not change; guarded by this.
    private @Nullable Contract contract;

    /** For the container. */
    protected ServedContract() {}

    /** Always the same. */
    public synchronized Contract get() {
        Contract made = contract;
        if (made == null) {
            Map<Class<? extends Record>, Class<? extends Record>> answers = new LinkedHashMap<>();
            for (Routes.Entry entry : instance.gate().routes().catalog()) {
                answers.put(entry.request().type(), entry.answer().type());
            }
            made = ContractReader.of(answers, Thread.currentThread().getContextClassLoader());
            contract = made;
        }
        return made;
    }
}
