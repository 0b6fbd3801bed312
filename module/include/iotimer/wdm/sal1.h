/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The annotations of older Windows sources. Include this only in a file that needs it,
 * and last: the kernel has a label of the name __out, so wait_event() and its like do
 * not compile after it.
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
#define __out
#define __out_opt
#define __out_bcount(N)
#define __out_ecount(N)
#define __deref_out
#define __deref_out_opt
#define __reserved
#define __checkReturn
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
