/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Annotations of Windows sources, which mean nothing to this compiler.
 *
 * The older annotations __in, __out and so on are in <iotimer/wdm/sal1.h>, because the
 * kernel's own headers use __out for something else.
 */
#ifndef _IOTIMER_WDM_SAL_H
#define _IOTIMER_WDM_SAL_H

#define IN
#define OUT
#define OPTIONAL
#define NTAPI
#define NTSYSAPI
#define NTKERNELAPI
#define DECLSPEC_IMPORT
#define DECLSPEC_NORETURN		__noreturn
#define __cdecl
#define __stdcall
#define __fastcall
#define _cdecl
#define _stdcall
#define FASTCALL
#define STDCALL
#define CONST				const
#define NOTHING
#define DECLSPEC_ALIGN(N)		__aligned(N)
#ifndef __assume				/* newer kernels have it, with this meaning */
#define __assume(X)
#endif
#define __int64				long long
#define __int32				int
#define __int16				short
#define __int8				char
#define _ANONYMOUS_UNION
#define _ANONYMOUS_STRUCT
#define DUMMYUNIONNAME
#define DUMMYSTRUCTNAME

/*
 * A function is static inline, whether the source says "static" in front or not: such a
 * "static" goes to the declaration of a function that is static already.
 */
static inline void iotimer_wdm_forceinline(void) { }

#define FORCEINLINE	void iotimer_wdm_forceinline(void); static inline

#define UNREFERENCED_PARAMETER(P)	((void)(P))
#define UNREFERENCED_LOCAL_VARIABLE(V)	((void)(V))
#define DBG_UNREFERENCED_PARAMETER(P)	((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V)	((void)(V))

#define _In_
#define _In_opt_
#define _In_z_
#define _In_opt_z_
#define _In_range_(L, H)
#define _Out_range_(L, H)
#define _Printf_format_string_
#define _Unreferenced_parameter_
#define _Pre_notnull_
#define _Post_invalid_
#define _Null_terminated_
#define _Post_equal_to_(X)
#define _Out_writes_opt_(N)
#define _Out_writes_bytes_opt_(N)
#define _Outptr_result_bytebuffer_(N)
#define _In_reads_(N)
#define _In_reads_bytes_(N)
#define _In_reads_opt_(N)
#define _In_reads_bytes_opt_(N)
#define _Inout_
#define _Inout_opt_
#define _Inout_updates_(N)
#define _Inout_updates_bytes_(N)
#define _Out_
#define _Out_opt_
#define _Out_writes_(N)
#define _Out_writes_bytes_(N)
#define _Out_writes_bytes_to_(N, M)
#define _Outptr_
#define _Outptr_opt_
#define _Outptr_result_maybenull_
#define _Reserved_
#define _Ret_maybenull_
#define _Must_inspect_result_
#define _Check_return_
#define _Success_(X)
#define _When_(X, A)
#define _At_(X, A)
#define _Field_size_(N)
#define _Field_size_bytes_(N)
#define _Use_decl_annotations_
#define _Function_class_(X)
#define _Pre_satisfies_(X)
#define _Post_satisfies_(X)
#define _Analysis_assume_(X)
#define _Guarded_by_(X)
#define _Interlocked_operand_
#define _Has_lock_kind_(X)
#define _Requires_lock_held_(X)
#define _Requires_lock_not_held_(X)
#define _Acquires_lock_(X)
#define _Releases_lock_(X)
#define _IRQL_requires_(X)
#define _IRQL_requires_min_(X)
#define _IRQL_requires_max_(X)
#define _IRQL_requires_same_
#define _IRQL_raises_(X)
#define _IRQL_saves_
#define _IRQL_restores_
#define _IRQL_saves_global_(X, Y)
#define _IRQL_restores_global_(X, Y)
#define _IRQL_always_function_min_(X)
#define _IRQL_always_function_max_(X)
#define _Kernel_clear_do_init_(X)
#define _Dispatch_type_(X)

#endif /* _IOTIMER_WDM_SAL_H */
