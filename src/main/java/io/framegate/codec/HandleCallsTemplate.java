package io.framegate.codec;

import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * What {@link CodecCompiler} defines a hidden class from for each kind of record; itself it is never used. To call a method
 * handle costs no more than plain code only where the compiler knows which one it is, that is, where it stands in a static
 * final field.
 */
final class HandleCallsTemplate implements HandleCalls {

    private static final MethodHandle DECODE = handle(0);
    private static final MethodHandle ENCODE = handle(1);

    HandleCallsTemplate() {}

    private static MethodHandle handle(int index) {
        try {
            return MethodHandles.classDataAt(
                    MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, MethodHandle.class, index);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("a class may see its own data", e);
        }
    }

    @Override
    public Record decode(WireReader in) throws Throwable {
        return (Record) DECODE.invokeExact(in);
    }

    @Override
    public void encode(WireWriter out, Record value) throws Throwable {
        ENCODE.invokeExact(out, value);
    }
}
