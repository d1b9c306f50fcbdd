package io.framegate.map.store;

import org.eclipse.persistence.descriptors.ClassDescriptor;
import org.eclipse.persistence.descriptors.DescriptorCustomizer;
import org.eclipse.persistence.descriptors.VersionLockingPolicy;
import org.eclipse.persistence.internal.helper.DatabaseField;
import org.eclipse.persistence.queries.ModifyQuery;
import org.eclipse.persistence.queries.ObjectLevelModifyQuery;

/**
 * Has EclipseLink give an entity the version that its encoded record has, where it would give one more than the last:
 * {@link StoredElement#nextVersion}.
 */
public final class GrowingVersions implements DescriptorCustomizer {

    /** For EclipseLink, which is told of it by an annotation. */
    public GrowingVersions() {}

    @Override
    public void customize(ClassDescriptor descriptor) {
        VersionLockingPolicy given = (VersionLockingPolicy) descriptor.getOptimisticLockingPolicy();
        VersionLockingPolicy policy = new Policy(given.getWriteLockField());
        policy.storeInObject();
        descriptor.setOptimisticLockingPolicy(policy);
    }

    private static final class Policy extends VersionLockingPolicy {

        private static final long serialVersionUID = 1L;

        Policy(DatabaseField field) {
            super(field);
        }

        @Override
        @SuppressWarnings("unchecked") // EclipseLink's way to say that it is what the attribute is.
        public <T> T getNewLockValue(ModifyQuery query) {
            return (T) Integer.valueOf(((StoredElement) ((ObjectLevelModifyQuery) query).getObject()).nextVersion());
        }
    }
}
