/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The annotations of older Windows sources, which <ntddk.h> and <wdm.h> of iotimer/ddk
 * include. Otherwise include this only in a file that needs it, and last: the kernel has
 * a label of the name __out, so wait_event() and its like do not compile after it.
 */
#ifndef _IOTIMER_WDM_SAL1_H
#define _IOTIMER_WDM_SAL1_H

#define __in
#define __in_opt
#define __in_bcount(N)
#define __in_bcount_opt(N)
#define __in_ecount(N)
#define __in_ecount_opt(N)
#define __inout
#define __inout_opt
#define __inout_bcount(N)
#define __inout_ecount(N)
#define __inout_bcount_full(N)
#define __inout_ecount_full(N)
#define __inout_bcount_opt(N)
#define __out
#define __out_opt
#define __out_bcount(N)
#define __out_ecount(N)
#define __out_bcount_full(N)
#define __out_ecount_full(N)
#define __out_bcount_opt(N)
#define __out_ecount_opt(N)
#define __out_bcount_part(N, M)
#define __out_ecount_part(N, M)
#define __out_xcount(X)
#define __out_range(L, H)
#define __in_range(L, H)
#define __in_z
#define __field_bcount(N)
#define __field_ecount(N)
#define __struct_bcount(N)
#define __drv_mustHoldCriticalRegion
#define __drv_freesMem(X)
#define __drv_allocatesMem(X)
#define __drv_raisesIRQL(X)
#define __drv_savesIRQL
#define __drv_restoresIRQL
#define __drv_setsIRQL(X)
#define __drv_useCancelIRQL
#define __drv_inTry
#define __drv_valueIs(X)
#define __drv_reportError(X)
#define __deref_out
#define __deref_out_opt
#define __reserved
#define __checkReturn
#define __analysis_assume(X)
#define __drv_aliasesMem
#define __drv_dispatchType(X)
#define __drv_functionClass(X)
#define __drv_maxIRQL(X)
#define __drv_minIRQL(X)
#define __drv_requiresIRQL(X)
#define __drv_sameIRQL
#define __drv_at(X, A)
#define __drv_when(X, A)

#endif /* _IOTIMER_WDM_SAL1_H */
